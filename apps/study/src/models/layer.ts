/** A layer with weights, and the norm behind it. */
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode, Place } from './forwardMode.js';
import { type Initialization, initialWeight } from './initialization.js';
import type { PlacedNorm } from './placedNorm.js';

/** y = norm(linear(x, weight) + bias). A layer with a norm has no bias: the norm's beta takes its place. */
export class Layer {
  readonly weight: tf.Variable;
  readonly bias: tf.Variable | undefined;

  constructor(
    readonly name: string,
    weight: Float32Array,
    shape: number[],
    private readonly linear: (x: tf.Tensor, weight: tf.Variable) => tf.Tensor,
    readonly norm: PlacedNorm | undefined,
    hasBias = norm === undefined,
  ) {
    this.weight = tf.tidy(() => tf.variable(tf.tensor(weight, shape)));
    this.bias = hasBias ? tf.tidy(() => tf.variable(tf.zeros([shape.at(-1)!]))) : undefined;
  }

  /** Weight, bias, gamma and beta, as far as there are any. */
  get trainable(): tf.Variable[] {
    return [this.weight, ...(this.bias ? [this.bias] : []), ...(this.norm?.trainable ?? [])];
  }

  apply(x: tf.Tensor, mode: ForwardMode): tf.Tensor {
    const at = (place: Place, value: tf.Tensor) => mode.hook?.(this.name, place, value) ?? value;
    let y = this.linear(at('input', x), this.weight);
    if (this.bias !== undefined) y = tf.add(y, this.bias);
    y = at('output', y);
    if (this.norm !== undefined) y = this.norm.apply(y, mode.statistics);
    return at('normalized', y);
  }

  dispose(): void {
    tf.dispose([this.weight, ...(this.bias ? [this.bias] : [])]);
    this.norm?.dispose();
  }
}

interface ConvolutionOptions {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly size: number;
  readonly stride?: number;
  /** Zeros around the image; default (size - 1) / 2, which keeps its size. */
  readonly pad?: number;
  readonly norm?: PlacedNorm | undefined;
  readonly bias?: boolean;
}

/** A convolution of images, channels last; the filter is `[size, size, input, output]`. */
export function convolution(options: ConvolutionOptions, initialization: Initialization): Layer {
  const { name, input, output, size, stride = 1, pad = (size - 1) / 2, norm, bias } = options;
  const weight = initialWeight(
    initialization,
    input * size * size,
    output * size * size,
    input * size * size * output,
  );
  const linear = (x: tf.Tensor, filter: tf.Variable) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Variable<tf.Rank.R4>, stride, pad, 'NHWC', 1, 'floor');
  return new Layer(name, weight, [size, size, input, output], linear, norm, bias);
}

/** x * weight, the weight `[input, output]`. */
export function dense(
  options: { name: string; input: number; output: number; norm?: PlacedNorm | undefined },
  initialization: Initialization,
): Layer {
  const { name, input, output, norm } = options;
  const linear = (x: tf.Tensor, weight: tf.Variable) =>
    tf.matMul(x as tf.Tensor2D, weight as tf.Variable<tf.Rank.R2>);
  return new Layer(
    name,
    initialWeight(initialization, input, output, input * output),
    [input, output],
    linear,
    norm,
  );
}
