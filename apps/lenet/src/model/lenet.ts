/**
 * LeNet with normalization, as "Dive into Deep Learning" has it (section 8.5): two convolutions and three dense layers,
 * a normalization and a sigmoid behind each but the last, and average pooling behind each convolution. The normalization
 * may also stand behind the sigmoid.
 */
import type { Normalization, StateDict } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { classCount } from '../dataset/images.js';
import { Convolution, Dense } from './layers.js';
import { type ActivatedLayer, type Architecture, type Norm, norms, type Placement } from './norms.js';

export interface ForwardMode {
  /** Whether normalizations use the batch's statistics. */
  readonly training: boolean;
  /** Shown what goes into each activation, while it lives. */
  readonly inspect?: (layer: ActivatedLayer, activationInput: tf.Tensor) => void;
}

export class LeNet {
  readonly norm: Norm;
  readonly placement: Placement;
  readonly conv1 = new Convolution(1, 6, 5);
  readonly conv2 = new Convolution(6, 16, 5);
  readonly fc1 = new Dense({ height: 4, width: 4, channels: 16 }, 120);
  readonly fc2 = new Dense(120, 84);
  readonly fc3 = new Dense(84, classCount);
  readonly norm1;
  readonly norm2;
  readonly norm3;
  readonly norm4;

  /** All weights are 0 until `loadStateDict`; `initialState` has those to begin with. */
  constructor({ norm, placement = 'before' }: Architecture) {
    this.norm = norm;
    this.placement = placement;
    const create = norms[norm];
    this.norm1 = create([24, 24, 6]);
    this.norm2 = create([8, 8, 16]);
    this.norm3 = create([120]);
    this.norm4 = create([84]);
  }

  /** Images `[N, 28, 28, 1]` in [0, 1] to logits `[N, 10]`. */
  forward(images: tf.Tensor4D, mode: ForwardMode): tf.Tensor2D {
    return tf.tidy(() => {
      let image = this.#activate('conv1', this.norm1, this.conv1.apply(images), mode);
      image = tf.avgPool(image, 2, 2, 'valid');
      image = this.#activate('conv2', this.norm2, this.conv2.apply(image), mode);
      image = tf.avgPool(image, 2, 2, 'valid');
      // Not -1: a batch may have no images, as a shard of a small one.
      const [count, ...sizes] = image.shape as [number, number, number, number];
      let features = tf.reshape(image, [count, tf.util.sizeFromShape(sizes)]) as tf.Tensor2D;
      features = this.#activate('fc1', this.norm3, this.fc1.apply(features), mode);
      features = this.#activate('fc2', this.norm4, this.fc2.apply(features), mode);
      return this.fc3.apply(features);
    });
  }

  /** Normalization and sigmoid, in the order of the placement. */
  #activate<T extends tf.Tensor>(
    layer: ActivatedLayer,
    norm: Normalization | undefined,
    x: T,
    { training, inspect }: ForwardMode,
  ): T {
    const normalize = (input: T) => norm?.apply(input, { training }) ?? input;
    const input = this.placement === 'before' ? normalize(x) : x;
    inspect?.(layer, input);
    const output = tf.sigmoid(input);
    return this.placement === 'before' ? output : normalize(output);
  }

  /** The layers that have weights by the names of PyTorch's modules. */
  get #layers() {
    const { conv1, norm1, conv2, norm2, fc1, norm3, fc2, norm4, fc3 } = this;
    const named = { conv1, norm1, conv2, norm2, fc1, norm3, fc2, norm4, fc3 };
    return Object.entries(named).flatMap(([name, layer]) => (layer === undefined ? [] : [{ name, layer }]));
  }

  get trainableWeights(): tf.Variable[] {
    return this.#layers.flatMap(({ layer }) => layer.trainableWeights);
  }

  /** A snapshot under the names and in the layouts of PyTorch's `state_dict()`; the caller disposes the tensors. */
  stateDict(): StateDict {
    return Object.fromEntries(
      this.#layers.flatMap(({ name, layer }) =>
        Object.entries(layer.stateDict()).map(([key, tensor]) => [`${name}.${key}`, tensor]),
      ),
    );
  }

  /** Sets the weights from such a snapshot of exactly the names, shapes and dtypes that `stateDict` has. */
  loadStateDict(state: StateDict): void {
    for (const { name, layer } of this.#layers) {
      const prefix = `${name}.`;
      const own = Object.entries(state).filter(([key]) => key.startsWith(prefix));
      layer.loadStateDict(Object.fromEntries(own.map(([key, tensor]) => [key.slice(prefix.length), tensor])));
    }
  }

  dispose(): void {
    for (const { layer } of this.#layers) layer.dispose();
  }
}
