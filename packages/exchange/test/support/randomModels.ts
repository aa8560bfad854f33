/** Functional models of drawn layers with drawn options. */
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
} from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import type { Random } from './onnx.js';

type Tensor = tf.SymbolicTensor;
type Step = (x: Tensor, random: Random) => Tensor;

const { layers } = tf;
const apply = (layer: tf.layers.Layer, x: Tensor | Tensor[]) => layer.apply(x) as Tensor;
const channelsOf = (x: Tensor) => x.shape.at(-1)!;
const smallest = (x: Tensor) => Math.min(...(x.shape.slice(1, -1) as number[]));

const padding = (random: Random) => random.pick(['same', 'valid'] as const);
const activation = (random: Random) =>
  random.pick(['linear', 'relu', 'relu6', 'sigmoid', 'tanh', 'elu', 'selu', 'softplus', 'softsign'] as const);

/** A window of up to 3 that fits, with its options. */
function windowOf(x: Tensor, random: Random) {
  const rank = x.shape.length - 2;
  const kernelSize = Array.from({ length: rank }, () => random.whole(1, Math.min(3, smallest(x))));
  const strides = random.whole(1, smallest(x) > 4 ? 2 : 1);
  return { kernelSize, strides, padding: padding(random), useBias: random.next() < 0.8 };
}

/** The same on both axes: tf.layers' types of depthwise convolutions want it so. */
const squareWindow = (x: Tensor, random: Random) => ({
  ...windowOf(x, random),
  kernelSize: random.whole(1, 2),
});

const convolution: Step = (x, random) => {
  const options = { filters: random.whole(2, 5), activation: activation(random), ...windowOf(x, random) };
  if (x.shape.length === 3) {
    const kernelSize = options.kernelSize[0]!;
    const causal = random.next() < 0.3 ? ({ padding: 'causal', strides: 1 } as const) : {};
    return apply(layers.conv1d({ ...options, ...causal, kernelSize }), x);
  }
  return apply(x.shape.length === 4 ? layers.conv2d(options) : layers.conv3d(options), x);
};

const dilated: Step = (x, random) => {
  if (x.shape.length !== 4 || smallest(x) < 4) return x;
  return apply(layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, padding: padding(random) }), x);
};

const depthwise: Step = (x, random) =>
  x.shape.length === 4
    ? apply(layers.depthwiseConv2d({ ...squareWindow(x, random), depthMultiplier: random.whole(1, 2) }), x)
    : x;

const separable: Step = (x, random) => {
  if (x.shape.length !== 4) return x;
  const depthMultiplier = random.whole(1, 2);
  return apply(layers.separableConv2d({ ...windowOf(x, random), filters: 3, depthMultiplier }), x);
};

const transposed: Step = (x, random) => {
  if (x.shape.length < 4 || smallest(x) > 6) return x;
  const strides = random.whole(1, 2);
  const kernelSize = random.whole(1, 3);
  const options = { filters: random.whole(2, 4), kernelSize, strides, padding: padding(random) };
  return apply(x.shape.length === 4 ? layers.conv2dTranspose(options) : layers.conv3dTranspose(options), x);
};

const pooling: Step = (x, random) => {
  if (smallest(x) < 3) return x;
  const [average, options] = [random.next() < 0.5, { strides: random.whole(1, 2), padding: padding(random) }];
  switch (x.shape.length) {
    case 3:
      return apply((average ? layers.averagePooling1d : layers.maxPooling1d)({ ...options, poolSize: 2 }), x);
    case 4:
      return apply(
        (average ? layers.averagePooling2d : layers.maxPooling2d)({ ...options, poolSize: [3, 2] }),
        x,
      );
    default:
      // tfjs averages over the padding of volumes too.
      return apply(
        average
          ? layers.averagePooling3d({ poolSize: 2, strides: 2, padding: 'valid' })
          : layers.maxPooling3d({ ...options, poolSize: 2 }),
        x,
      );
  }
};

const zeroPadding: Step = (x, random) =>
  x.shape.length === 4
    ? apply(
        layers.zeroPadding2d({
          padding: [
            [random.whole(0, 2), 1],
            [0, random.whole(0, 2)],
          ],
        }),
        x,
      )
    : x;

const upSampling: Step = (x, random) =>
  x.shape.length === 4 && smallest(x) <= 6
    ? apply(layers.upSampling2d({ size: [2, 3], interpolation: random.pick(['nearest', 'bilinear']) }), x)
    : x;

const normalization: Step = (x, random) => {
  const affine = { scale: random.next() < 0.7, center: random.next() < 0.7, epsilon: 1e-3 };
  const channels = channelsOf(x);
  const groups = random.pick([1, channels, channels % 2 === 0 ? channels / 2 : channels]);
  return apply(
    random.pick([
      // tf.layers' own do not know volumes.
      () => (x.shape.length < 5 ? layers.batchNormalization(affine) : new BatchNormalization(affine)),
      () => (x.shape.length < 5 ? layers.layerNormalization({}) : new LayerNormalization({})),
      () => new GroupNormalization({ ...affine, groups }),
      () => new InstanceNormalization({ ...affine }),
      () => new RMSNormalization({}),
    ])(),
    x,
  );
};

const elementwise: Step = (x, random) =>
  apply(
    random.pick<() => tf.layers.Layer>([
      () => layers.activation({ activation: activation(random) }),
      () => layers.reLU({ maxValue: 1 }),
      () => layers.leakyReLU({ alpha: 0.2 }),
      () => layers.elu({}),
      () => layers.prelu({}),
      () => layers.thresholdedReLU({ theta: 0.3 }),
      () => layers.dropout({ rate: 0.5 }),
      () => layers.gaussianNoise({ stddev: 1 }),
    ])(),
    x,
  );

/** Two branches of the same shape, put together. */
const merged: Step = (x, random) => {
  const branches = [elementwise(x, random), normalization(x, random)];
  const merge = random.pick([
    ...[layers.add, layers.multiply, layers.average, layers.maximum, layers.minimum],
    () => layers.concatenate({ axis: random.whole(1, x.shape.length - 1) }),
  ] as (() => tf.layers.Layer)[]);
  return apply(merge(), branches);
};

const steps = [
  ...[convolution, dilated, depthwise, separable, transposed, pooling, zeroPadding, upSampling],
  ...[normalization, normalization, elementwise, merged],
];

/** Behind images: features, then dense layers. */
function head(x: Tensor, random: Random): Tensor {
  const rank = x.shape.length;
  const pool = random.next() < 0.5 && rank < 5;
  const globals: readonly (() => tf.layers.Layer)[] =
    rank === 3
      ? [() => layers.globalAveragePooling1d({}), () => layers.globalMaxPooling1d({})]
      : [() => layers.globalAveragePooling2d({}), () => layers.globalMaxPooling2d({})];
  const permuted =
    random.next() < 0.5
      ? x
      : apply(layers.permute({ dims: [...Array(rank - 1).keys()].map((i) => rank - 1 - i) }), x);
  const features = pool ? apply(random.pick(globals)(), x) : apply(layers.flatten(), permuted);
  const hidden = apply(layers.dense({ units: 6, activation: 'tanh' }), features);
  const rows = apply(layers.reshape({ targetShape: [3, 2] }), normalization(hidden, random));
  const logits = apply(layers.dense({ units: 4 }), rows);
  return apply(layers.softmax({ axis: -1 }), logits);
}

/** A model with images (or sequences, or volumes) as its input, of two outputs if they are images. */
export function randomModel(random: Random): tf.LayersModel {
  const rank = random.pick([1, 2, 2, 2, 3]);
  const spatial = Array.from({ length: rank }, () => random.whole(5, 8));
  const input = tf.input({ shape: [...spatial, random.whole(1, 4)] });
  let x = input;
  for (let count = 0; count < 7; count++) x = random.pick(steps)(x, random);
  return tf.model({ inputs: input, outputs: rank === 2 ? [head(x, random), x] : head(x, random) });
}
