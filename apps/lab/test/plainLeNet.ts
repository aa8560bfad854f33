/**
 * The first step of a run computed a second time, by nothing of this project: the random numbers of pure-rand, the files' bytes
 * and TensorFlow.js's own operations.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Output and input channels, and height and width of the filter, or of the image that the layer sees flattened. */
const sizes = {
  conv1: [6, 1, 5],
  conv2: [16, 6, 5],
  fc1: [120, 16, 4],
  fc2: [84, 120, 1],
  fc3: [10, 84, 1],
} as const;
type Layer = keyof typeof sizes;

export interface FirstStep {
  readonly loss: number;
  /** Of what goes into each sigmoid. */
  readonly deviations: Record<string, number>;
  /** Of each weight's gradient. */
  readonly gradients: Record<string, number>;
}

/** The first step at a seed, with a batch of the committed training images, and batch norm before each sigmoid or nothing. */
export async function firstStep(seed: number, batchSize: number, batchNorm: boolean): Promise<FirstStep> {
  const weights = initialWeights(seed);
  const { x, labels } = await firstBatch(seed, batchSize);
  const deviations: Record<string, number> = {};
  const { value, grads } = tf.variableGrads(() => {
    const activate = <T extends tf.Tensor>(layer: Layer, values: T): T => {
      const input = batchNorm ? normalized(values) : values;
      deviations[layer] = deviationOver(input);
      return tf.sigmoid(input);
    };
    const convolve = (layer: Layer, images: tf.Tensor4D) => {
      const { weight, bias } = weights[layer];
      const filter = tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D;
      const output = tf.add(tf.conv2d(images, filter, 1, 'valid'), bias) as tf.Tensor4D;
      return tf.avgPool(activate(layer, output), 2, 2, 'valid');
    };
    const dense = (layer: Layer, features: tf.Tensor) => {
      const { weight, bias } = weights[layer];
      return tf.add(
        tf.matMul(features as tf.Tensor2D, tf.reshape(weight, [weight.shape[0]!, -1]), false, true),
        bias,
      );
    };
    const images = convolve('conv2', convolve('conv1', x));
    // As PyTorch flattens: channel by channel.
    const flat = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [batchSize, -1]);
    const logits = dense('fc3', activate('fc2', dense('fc2', activate('fc1', dense('fc1', flat)))));
    return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 10), logits) as tf.Scalar;
  });
  const gradients = Object.fromEntries(
    Object.entries(weights).map(([layer, { weight }]) => [layer, norm(grads[weight.name]!.dataSync())]),
  );
  const loss = value.dataSync()[0]!;
  tf.dispose([value, grads, x, labels, Object.values(weights)]);
  return { loss, deviations, gradients };
}

const bytesOf = async (name: string, header: number): Promise<Uint8Array> => {
  const path = fileURLToPath(new URL(`../../lenet/data/mini/${name}.gz`, import.meta.url));
  return gunzipSync(await readFile(path)).subarray(header);
};

async function firstBatch(seed: number, batchSize: number) {
  const pixels = await bytesOf('train-images-idx3-ubyte', 16);
  const classes = await bytesOf('train-labels-idx1-ubyte', 8);
  const chosen = shuffled(classes.length, seed).slice(0, batchSize);
  const values = chosen.flatMap((index) => [...pixels.subarray(index * 784, (index + 1) * 784)]);
  return {
    x: tf.tidy(() => tf.div(tf.tensor4d(values, [batchSize, 28, 28, 1]), 255)) as tf.Tensor4D,
    labels: tf.tensor1d(
      chosen.map((index) => classes[index]!),
      'int32',
    ),
  };
}

/** Fisher and Yates' shuffle, from the last place to the first, by the seed's second stream. */
function shuffled(count: number, seed: number): number[] {
  const generator = xoroshiro128plus(seed);
  generator.jump();
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Glorot and Bengio's weights and PyTorch's biases, by the seed's first stream. */
function initialWeights(seed: number): Record<Layer, { weight: tf.Variable; bias: tf.Variable }> {
  const generator = xoroshiro128plus(seed);
  const uniform = (shape: number[], bound: number) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({ length: count }, () => (2 * uniformFloat64(generator) - 1) * bound);
    return tf.variable(tf.tensor(values, shape));
  };
  const entries = Object.entries(sizes).map(([layer, [output, input, side]]) => {
    const isImage = layer.startsWith('conv');
    const [fanIn, fanOut] = isImage
      ? [input * side * side, output * side * side]
      : [input * side * side, output];
    const weight = uniform([output, input, side, side], Math.sqrt(6 / (fanIn + fanOut)));
    return [layer, { weight, bias: uniform([output], 1 / Math.sqrt(fanIn)) }] as const;
  });
  return Object.fromEntries(entries) as ReturnType<typeof initialWeights>;
}

/** (x - mean) / sqrt(variance + 1e-5), over all but the last axis. */
function normalized<T extends tf.Tensor>(x: T): T {
  const { mean, variance } = tf.moments(
    x,
    Array.from({ length: x.rank - 1 }, (_, axis) => axis),
  );
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
}

/** sqrt of the mean over all features of their variance over the first axis, in float64. */
function deviationOver(x: tf.Tensor): number {
  const values = x.dataSync();
  const count = x.shape[0]!;
  const features = values.length / count;
  let sum = 0;
  for (let feature = 0; feature < features; feature++) {
    const column = Array.from({ length: count }, (_, row) => values[row * features + feature]!);
    const mean = column.reduce((total, value) => total + value, 0) / count;
    sum += column.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  }
  return Math.sqrt(sum / features);
}

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));
