/** Networks for images, and a generator of them. */
import { BatchNormalization, GroupNormalization, InstanceNormalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import { variableOf } from '../layers/weights.js';
import { signed } from '../table/values.js';
import { modelNetwork, type Network, prepare } from './network.js';

type Symbolic = tf.SymbolicTensor;

export const tensorOf = (shape: number[], seed: number): tf.Tensor =>
  tf.tensor(signed(shape, seed).values, shape);

/** Cross entropy with the classes 0, 1, 2, ... in turn */
export function classification(logits: tf.Tensor): tf.Scalar {
  const classes = logits.shape.at(-1)!;
  const rows = tf.reshape(logits, [-1, classes]);
  const labels = Array.from({ length: rows.shape[0]! }, (_, i) => i % classes);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), rows) as tf.Scalar;
}

const apply = (layer: tf.layers.Layer, ...inputs: Symbolic[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Symbolic;
const conv = (filters: number, kernelSize: number, options: object = {}) =>
  tf.layers.conv2d({ filters, kernelSize, padding: 'same', useBias: false, ...options });
const relu = (x: Symbolic) => apply(tf.layers.reLU(), x);
const relu6 = (x: Symbolic) => apply(tf.layers.activation({ activation: 'relu6' }), x);
const normalized = (x: Symbolic) => apply(new BatchNormalization(), x);

function classifier(x: Symbolic, input: Symbolic): tf.LayersModel {
  const pooled = apply(tf.layers.globalAveragePooling2d({}), x);
  return tf.model({ inputs: input, outputs: apply(tf.layers.dense({ units: 4 }), pooled) });
}

const resNet = modelNetwork(
  'ResNet blocks',
  () => {
    const input = tf.input({ shape: [8, 8, 2] });
    let x = relu(normalized(apply(conv(4, 3), input)));
    for (const [filters, strides] of [
      [4, 1],
      [6, 2],
    ] as const) {
      const inner = relu(normalized(apply(conv(filters, 3, { strides }), x)));
      const residual = normalized(apply(conv(filters, 3), inner));
      const shortcut = strides === 1 ? x : normalized(apply(conv(filters, 1, { strides }), x));
      x = relu(apply(tf.layers.add(), residual, shortcut));
    }
    return classifier(x, input);
  },
  () => tensorOf([4, 8, 8, 2], 1),
  classification,
);

const mobileNet = modelNetwork(
  'MobileNetV2 blocks',
  () => {
    const input = tf.input({ shape: [8, 8, 2] });
    let x = input;
    for (const [filters, strides] of [
      [4, 2],
      [4, 1],
    ] as const) {
      const wide = relu6(normalized(apply(conv(10, 1), x)));
      const depthwise = tf.layers.depthwiseConv2d({
        kernelSize: 3,
        strides,
        padding: 'same',
        useBias: false,
      });
      const narrow = normalized(apply(conv(filters, 1), relu6(normalized(apply(depthwise, wide)))));
      x = strides === 1 ? apply(tf.layers.add(), narrow, x) : narrow;
    }
    return classifier(x, input);
  },
  () => tensorOf([4, 8, 8, 2], 2),
  classification,
);

/** Makes an image twice as large. */
const enlargements: [name: string, makeLayer: () => tf.layers.Layer][] = [
  ['nearest', () => tf.layers.upSampling2d({ size: [2, 2] })],
  ['bilinear', () => tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })],
  ['transposed', () => tf.layers.conv2dTranspose({ filters: 6, kernelSize: 2, strides: 2, padding: 'same' })],
];

const uNets = enlargements.map(([name, enlarge]) =>
  modelNetwork(
    `U-Net, ${name}`,
    () => {
      const input = tf.input({ shape: [8, 8, 2] });
      const left = relu(apply(new GroupNormalization({ groups: 2 }), apply(conv(4, 3), input)));
      const down = apply(tf.layers.maxPooling2d({ poolSize: 2 }), left);
      const bottom = relu(apply(new InstanceNormalization(), apply(conv(6, 3), down)));
      const up = apply(enlarge(), bottom);
      const right = relu(normalized(apply(conv(4, 3), apply(tf.layers.concatenate(), left, up))));
      return tf.model({ inputs: input, outputs: apply(conv(4, 1, { useBias: true }), right) });
    },
    () => tensorOf([2, 8, 8, 2], 3),
    classification,
  ),
);

const deepLab = modelNetwork(
  'DeepLab head',
  () => {
    const input = tf.input({ shape: [9, 9, 2] });
    const branches = [1, 2, 3].map((rate) =>
      relu(normalized(apply(conv(4, rate === 1 ? 1 : 3, { dilationRate: rate, activation: 'elu' }), input))),
    );
    const merged = relu(normalized(apply(conv(4, 1), apply(tf.layers.concatenate(), ...branches))));
    const larger = apply(tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), merged);
    return tf.model({ inputs: input, outputs: apply(conv(4, 1, { useBias: true }), larger) });
  },
  () => tensorOf([2, 9, 9, 2], 4),
  classification,
);

const dcgan: Network = {
  name: 'DCGAN',
  make: () => {
    const generator = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2 * 2 * 4, inputShape: [6], useBias: false }),
        new BatchNormalization(),
        tf.layers.reLU(),
        tf.layers.reshape({ targetShape: [2, 2, 4] }),
        tf.layers.conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', useBias: false }),
        new BatchNormalization(),
        tf.layers.reLU(),
        tf.layers.conv2dTranspose({
          filters: 1,
          kernelSize: 4,
          strides: 2,
          padding: 'same',
          activation: 'tanh',
        }),
      ],
    });
    const critic = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', inputShape: [8, 8, 1] }),
        tf.layers.leakyReLU({ alpha: 0.2 }),
        conv(6, 4, { strides: 2 }),
        new BatchNormalization(),
        tf.layers.leakyReLU({ alpha: 0.2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const [generated, criticized] = [prepare(generator), prepare(critic)];
    const training = { training: true };
    const made = () => generator.apply(tensorOf([4, 6], 5), training) as tf.Tensor;
    const judged = (images: tf.Tensor, isReal: boolean) => {
      const logits = critic.apply(images, training) as tf.Tensor;
      return tf.losses.sigmoidCrossEntropy(
        isReal ? tf.onesLike(logits) : tf.zerosLike(logits),
        logits,
      ) as tf.Scalar;
    };
    return {
      objectives: [
        {
          variables: criticized,
          loss: () => tf.add(judged(tensorOf([4, 8, 8, 1], 6), true), judged(made(), false)) as tf.Scalar,
        },
        { variables: generated, loss: () => judged(made(), true) },
      ],
      dispose: () => tf.dispose([...generator.weights, ...critic.weights].map(variableOf)),
    };
  },
};

const volumes = modelNetwork(
  '3-D CNN',
  () =>
    tf.sequential({
      layers: [
        tf.layers.conv3d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [4, 4, 4, 2] }),
        new BatchNormalization(),
        tf.layers.reLU(),
        tf.layers.maxPooling3d({ poolSize: 2, strides: 2 } as never),
        tf.layers.conv3d({ filters: 4, kernelSize: 2, strides: 1, activation: 'relu' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4 }),
      ],
    }),
  () => tensorOf([3, 4, 4, 4, 2], 7),
  classification,
);

export const imageNetworks: readonly Network[] = [resNet, mobileNet, ...uNets, dcgan, deepLab, volumes];
