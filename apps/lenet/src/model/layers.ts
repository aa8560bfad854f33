/**
 * Convolution and dense layer: tfjs's weights, PyTorch's state. tfjs wants channels last, so a convolution's filter is
 * `[height, width, in, out]` here and `[out, in, height, width]` in the state, a dense kernel `[in, out]` and
 * `[out, in]`. Where a dense layer follows a flattened image, its inputs are ordered `(height, width, channel)` here and
 * `(channel, height, width)` there. All three are one permutation, with sizes of 1 where there is no image.
 */
import type { StateDict } from '@bn/core';
import * as tf from '@tensorflow/tfjs';

/** Sizes that both layouts share: of a convolution's filter, or of the image that a dense layer sees flattened. */
interface WeightSizes {
  readonly height: number;
  readonly width: number;
  readonly input: number;
  readonly output: number;
}

const toTorch = [3, 2, 0, 1];
const fromTorch = [2, 3, 1, 0];

/** A weight in tfjs's layout and a bias `[output]`. */
class WeightAndBias {
  readonly weight: tf.Variable;
  readonly bias: tf.Variable<tf.Rank.R1>;

  constructor(
    protected readonly sizes: WeightSizes,
    private readonly shape: number[],
    /** The weight's shape in PyTorch. */
    private readonly torchShape: number[],
  ) {
    this.weight = tf.tidy(() => tf.variable(tf.zeros(shape)));
    this.bias = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([sizes.output])));
  }

  get trainableWeights(): tf.Variable[] {
    return [this.weight, this.bias];
  }

  /** A snapshot in PyTorch's layout; the caller disposes the tensors. */
  stateDict(): StateDict {
    const { height, width, input, output } = this.sizes;
    const weight = tf.tidy(() =>
      tf.transpose(tf.reshape(this.weight, [height, width, input, output]), toTorch).reshape(this.torchShape),
    );
    return { weight, bias: tf.clone(this.bias) };
  }

  /** Sets the weights from tensors of the names, shapes and dtypes that `stateDict` has. */
  loadStateDict(state: StateDict): void {
    const { height, width, input, output } = this.sizes;
    tf.tidy(() => {
      const weight = tf.reshape(state.weight!, [output, input, height, width]);
      this.weight.assign(tf.transpose(weight, fromTorch).reshape(this.shape));
      this.bias.assign(state.bias! as tf.Tensor1D);
    });
  }

  dispose(): void {
    tf.dispose(this.trainableWeights);
  }
}

/** A square convolution with stride 1 and no padding, images channels last. */
export class Convolution extends WeightAndBias {
  constructor(input: number, output: number, size: number) {
    super(
      { height: size, width: size, input, output },
      [size, size, input, output],
      [output, input, size, size],
    );
  }

  /** `[N, H, W, input]` to `[N, H - size + 1, W - size + 1, output]`. */
  apply(x: tf.Tensor4D): tf.Tensor4D {
    return tf.add(tf.conv2d(x, this.weight as tf.Variable<tf.Rank.R4>, 1, 'valid'), this.bias);
  }
}

/** x * weight + bias. */
export class Dense extends WeightAndBias {
  /** @param input number of features, or the shape of the image that x is flattened from */
  constructor(input: number | { height: number; width: number; channels: number }, output: number) {
    const image = typeof input === 'number' ? { height: 1, width: 1, channels: input } : input;
    const features = image.height * image.width * image.channels;
    super(
      { height: image.height, width: image.width, input: image.channels, output },
      [features, output],
      [output, features],
    );
  }

  /** `[N, input]` to `[N, output]`. */
  apply(x: tf.Tensor2D): tf.Tensor2D {
    return tf.add(tf.matMul(x, this.weight as tf.Variable<tf.Rank.R2>), this.bias);
  }
}
