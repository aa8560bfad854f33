import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  LayerNorm,
  layerNorm,
  type Normalization,
  RMSNorm,
  registerBackend,
  rmsNorm,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

interface LayerCase {
  title: string;
  make: () => Normalization;
  /** Shapes in the order of `weights`. */
  weights: number[][];
  /** How many of the weights are trainable. */
  trainable: number;
  /** Keys of the state dict in its order. */
  keys: string[];
}

const statistics = ['running_mean', 'running_var', 'num_batches_tracked'];
const channels = [4];
const matrix = [3, 4];

const layerCases: LayerCase[] = [
  {
    title: 'BatchNorm',
    make: () => new BatchNorm({ numFeatures: 4 }),
    weights: [channels, channels, channels, channels],
    trainable: 2,
    keys: ['weight', 'bias', ...statistics],
  },
  {
    title: 'BatchNorm that is not affine',
    make: () => new BatchNorm({ numFeatures: 4, affine: false }),
    weights: [channels, channels],
    trainable: 0,
    keys: statistics,
  },
  {
    title: 'BatchNorm without running statistics',
    make: () => new BatchNorm({ numFeatures: 4, trackRunningStats: false }),
    weights: [channels, channels],
    trainable: 2,
    keys: ['weight', 'bias'],
  },
  {
    title: 'GroupNorm',
    make: () => new GroupNorm({ numGroups: 2, numChannels: 4 }),
    weights: [channels, channels],
    trainable: 2,
    keys: ['weight', 'bias'],
  },
  {
    title: 'GroupNorm that is not affine',
    make: () => new GroupNorm({ numGroups: 2, numChannels: 4, affine: false }),
    weights: [],
    trainable: 0,
    keys: [],
  },
  {
    title: 'InstanceNorm, which is not affine by default',
    make: () => new InstanceNorm({ numFeatures: 4 }),
    weights: [],
    trainable: 0,
    keys: [],
  },
  {
    title: 'InstanceNorm that is affine',
    make: () => new InstanceNorm({ numFeatures: 4, affine: true }),
    weights: [channels, channels],
    trainable: 2,
    keys: ['weight', 'bias'],
  },
  {
    title: 'LayerNorm of a size',
    make: () => new LayerNorm({ normalizedShape: 4 }),
    weights: [channels, channels],
    trainable: 2,
    keys: ['weight', 'bias'],
  },
  {
    title: 'LayerNorm of two sizes',
    make: () => new LayerNorm({ normalizedShape: matrix }),
    weights: [matrix, matrix],
    trainable: 2,
    keys: ['weight', 'bias'],
  },
  {
    title: 'LayerNorm that is not affine',
    make: () => new LayerNorm({ normalizedShape: 4, affine: false }),
    weights: [],
    trainable: 0,
    keys: [],
  },
  {
    title: 'RMSNorm',
    make: () => new RMSNorm({ normalizedShape: matrix }),
    weights: [matrix],
    trainable: 1,
    keys: ['weight'],
  },
  {
    title: 'RMSNorm that is not affine',
    make: () => new RMSNorm({ normalizedShape: 4, affine: false }),
    weights: [],
    trainable: 0,
    keys: [],
  },
];

describe.each(layerCases)('$title', ({ make, weights, trainable, keys }) => {
  test(`has ${weights.length} weights`, () => {
    expect(make().weights.map(({ shape }) => shape)).toEqual(weights);
  });

  test(`has ${trainable} trainable weights, which come first`, () => {
    const layer = make();
    expect(layer.trainableWeights).toEqual(layer.weights.slice(0, trainable));
  });

  test('starts with gamma 1 and beta 0', () => {
    const values = make().trainableWeights.map((weight) => [...new Set(weight.dataSync())]);
    expect(values).toEqual([[1], [0]].slice(0, trainable));
  });

  test(`names its state as PyTorch does: ${keys.join(', ') || 'nothing'}`, () => {
    expect(Object.keys(make().stateDict())).toEqual(keys);
  });
});

const x = sample([2, 4, 6]);
const gamma = sample([4], 2);
const beta = sample([4], 3);

/** The layer with gamma and beta as above. */
function withParameters<L extends { gamma: tf.Variable | undefined; beta: tf.Variable | undefined }>(
  layer: L,
): L {
  layer.gamma!.assign(gamma as never);
  layer.beta?.assign(beta as never);
  return layer;
}

describe('a layer computes what its function computes', () => {
  test('GroupNorm', () => {
    const layer = withParameters(new GroupNorm({ numGroups: 2, numChannels: 4, epsilon: 0.1 }));
    expectClose(layer.apply(x), groupNorm(x, { gamma, beta, numGroups: 2, epsilon: 0.1 }));
  });

  test('GroupNorm with channels last', () => {
    const last = tf.transpose(x, [0, 2, 1]);
    const layer = withParameters(new GroupNorm({ numGroups: 2, numChannels: 4, dataFormat: 'channelsLast' }));
    expectClose(
      layer.apply(last),
      groupNorm(last, { gamma, beta, numGroups: 2, dataFormat: 'channelsLast' }),
    );
  });

  test('LayerNorm without beta, as PyTorch has it with bias=False', () => {
    const layer = new LayerNorm({ normalizedShape: 3, bias: false });
    expect([layer.beta, Object.keys(layer.stateDict())]).toEqual([undefined, ['weight']]);
    layer.loadStateDict({ weight: tf.tensor1d([1, 2, 3]) });
    const x = sample([4, 3]);
    expectClose(layer.apply(x), layerNorm(x, { normalizedShape: 3, gamma: tf.tensor1d([1, 2, 3]) }));
  });

  test('InstanceNorm', () => {
    const layer = withParameters(new InstanceNorm({ numFeatures: 4, epsilon: 0.1, affine: true }));
    expectClose(layer.apply(x), instanceNorm(x, { gamma, beta, epsilon: 0.1 }));
  });

  test('InstanceNorm with channels last', () => {
    const last = tf.transpose(x, [0, 2, 1]);
    const layer = new InstanceNorm({ numFeatures: 4, dataFormat: 'channelsLast' });
    expectClose(layer.apply(last), instanceNorm(last, { dataFormat: 'channelsLast' }));
  });

  test('LayerNorm', () => {
    const rows = sample([3, 4]);
    const layer = withParameters(new LayerNorm({ normalizedShape: [4], epsilon: 0.1 }));
    expectClose(layer.apply(rows), layerNorm(rows, { gamma, beta, normalizedShape: 4, epsilon: 0.1 }));
  });

  test('RMSNorm', () => {
    const rows = sample([3, 4]);
    const layer = withParameters(new RMSNorm({ normalizedShape: 4, epsilon: 0.1 }));
    expectClose(layer.apply(rows), rmsNorm(rows, { gamma, normalizedShape: [4], epsilon: 0.1 }));
  });
});
