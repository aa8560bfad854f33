/** What users get wrong: each mistake with the code and the message that refuse it. */
import {
  BatchNorm,
  batchNorm,
  batchNormInference,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  LayerNorm,
  layerNorm,
  moments,
  RMSNorm,
  rmsNorm,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

/** What is tried, the error's code, and what its message must say. */
export type Mistake = readonly [code: string, message: RegExp, attempt: () => unknown];

const zeros = (...shape: number[]): tf.Tensor => tf.zeros(shape);

/** A layer that is used and disposed, as a mistake in `use` must not leak it. */
function using<Layer extends { dispose(): void }>(layer: Layer, use: (layer: Layer) => unknown): unknown {
  try {
    return use(layer);
  } finally {
    layer.dispose();
  }
}

const train = { training: true };
const batchNormOf = (numFeatures: number, options = {}) => new BatchNorm({ numFeatures, ...options });

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types can pass
const wrong = (value: unknown): any => value;

const shape: Record<string, Mistake> = {
  'x of rank 1': ['BN_SHAPE', /x must have rank 2 to 5.*got rank 1, shape \[4\]/, () => batchNorm(zeros(4))],
  'x of rank 6': ['BN_SHAPE', /rank 2 to 5.*got rank 6/, () => instanceNorm(zeros(1, 2, 1, 1, 1, 2))],
  'x of another rank than a layer asks for': [
    'BN_SHAPE',
    /x must have rank 4, got rank 2, shape \[3, 5\]/,
    () => using(batchNormOf(5, { rank: 4 }), (layer) => layer.apply(zeros(3, 5), train)),
  ],
  'a wrong number of channels': [
    'BN_SHAPE',
    /x must have 6 channels on axis 1 \(channelsFirst\), got 5/,
    () => using(batchNormOf(6), (layer) => layer.apply(zeros(2, 5, 6, 6), train)),
  ],
  'a wrong number of channels, channels last': [
    'BN_SHAPE',
    /x must have 6 channels on axis 3 \(channelsLast\), got 5/,
    () =>
      using(batchNormOf(6, { dataFormat: 'channelsLast' }), (layer) => layer.apply(zeros(2, 6, 6, 5), train)),
  ],
  'a wrong number of channels in group norm': [
    'BN_SHAPE',
    /x must have 4 channels on axis 1.*got 6/,
    () => using(new GroupNorm({ numGroups: 2, numChannels: 4 }), (layer) => layer.apply(zeros(2, 6))),
  ],
  'a wrong number of channels in instance norm': [
    'BN_SHAPE',
    /x must have 4 channels on axis 1.*got 6/,
    () => using(new InstanceNorm({ numFeatures: 4 }), (layer) => layer.apply(zeros(2, 6, 3))),
  ],
  'trailing sizes other than normalizedShape': [
    'BN_SHAPE',
    /normalizedShape \[5\], got x of shape \[3, 4\]/,
    () => using(new LayerNorm({ normalizedShape: 5 }), (layer) => layer.apply(zeros(3, 4))),
  ],
  'fewer axes than normalizedShape': [
    'BN_SHAPE',
    /normalizedShape \[4, 5\], got x of shape \[5\]/,
    () => using(new RMSNorm({ normalizedShape: [4, 5] }), (layer) => layer.apply(zeros(5))),
  ],
  'a single value per channel in training': [
    'BN_SHAPE',
    /BatchNorm in training needs more than one value per channel, got x of shape \[1, 120\]/,
    () => using(batchNormOf(120), (layer) => layer.apply(zeros(1, 120), train)),
  ],
  'an empty batch in training': [
    'BN_SHAPE',
    /needs more than one value per channel, got x of shape \[0, 3, 2, 2\]/,
    () => batchNorm(zeros(0, 3, 2, 2)),
  ],
  'moments of nothing': ['BN_SHAPE', /x must not be empty, got shape \[0, 3\]/, () => moments(zeros(0, 3))],
  'gamma of a wrong shape': [
    'BN_SHAPE',
    /gamma must have shape \[3\], got \[4\]/,
    () => batchNorm(zeros(2, 3), { gamma: zeros(4) }),
  ],
  'beta of a wrong shape': [
    'BN_SHAPE',
    /beta must have shape \[2, 3\], got \[6\]/,
    () => layerNorm(zeros(4, 2, 3), { normalizedShape: [2, 3], beta: zeros(6) }),
  ],
  'a mean of a wrong shape': [
    'BN_SHAPE',
    /mean must have shape \[3\], got \[1, 3\]/,
    () => batchNormInference(zeros(2, 3), { mean: zeros(1, 3), variance: zeros(3) }),
  ],
};

const dtype: Record<string, Mistake> = {
  'x of dtype int32': [
    'BN_DTYPE',
    /x must have dtype float32, got int32.*tf\.cast/,
    () => batchNorm(tf.zeros([2, 3], 'int32')),
  ],
  'gamma of dtype int32': [
    'BN_DTYPE',
    /gamma must have dtype float32, got int32/,
    () => groupNorm(zeros(2, 4), { numGroups: 2, gamma: tf.zeros([4], 'int32') }),
  ],
  'x that is not a tensor': [
    'BN_DTYPE',
    /x must be a tf\.Tensor of dtype float32, got object/,
    () => batchNorm(wrong([[1, 2]])),
  ],
  'no variance in inference': [
    'BN_DTYPE',
    /variance must be a tf\.Tensor/,
    () => batchNormInference(zeros(2, 3), wrong({ mean: zeros(3) })),
  ],
};

const options: Record<string, Mistake> = {
  'channels that numGroups does not divide': [
    'BN_OPTION',
    /divisible by numGroups, got 5 channels and numGroups 2/,
    () => groupNorm(zeros(2, 5, 3), { numGroups: 2 }),
  ],
  'a group norm layer whose channels do not divide': [
    'BN_OPTION',
    /divisible by numGroups, got 6 channels and numGroups 4/,
    () => new GroupNorm({ numGroups: 4, numChannels: 6 }),
  ],
  ...Object.fromEntries(
    [0, -1e-5, Number.NaN, Number.POSITIVE_INFINITY, wrong('1e-5')].map((epsilon): [string, Mistake] => [
      `epsilon ${typeof epsilon === 'string' ? `'${epsilon}'` : epsilon}`,
      [
        'BN_OPTION',
        /epsilon must be a positive finite number, got/,
        () => batchNorm(zeros(2, 3), { epsilon }),
      ],
    ]),
  ),
  ...Object.fromEntries(
    [-0.1, 1.5, Number.NaN].map((momentum): [string, Mistake] => [
      `momentum ${momentum}`,
      ['BN_OPTION', /momentum must be in \[0, 1\].*got/, () => batchNormOf(3, { momentum })],
    ]),
  ),
  'no choice between training and inference': [
    'BN_OPTION',
    /apply\(x, \{ training \}\) needs training: true .* or false .*, got undefined/,
    () => using(batchNormOf(3), (layer) => layer.apply(zeros(2, 3), wrong({}))),
  ],
  'numFeatures 0': ['BN_OPTION', /numFeatures must be a positive integer, got 0/, () => batchNormOf(0)],
  'numGroups 1.5': [
    'BN_OPTION',
    /numGroups must be a positive integer, got 1\.5/,
    () => groupNorm(zeros(2, 3), { numGroups: 1.5 }),
  ],
  'an empty normalizedShape': [
    'BN_OPTION',
    /normalizedShape must be a positive integer or a non-empty list/,
    () => new LayerNorm({ normalizedShape: [] }),
  ],
  'a misspelt option': [
    'BN_OPTION',
    /unknown option 'eps'; the options are .*epsilon/,
    () => rmsNorm(zeros(2, 3), wrong({ normalizedShape: 3, eps: 1e-6 })),
  ],
  'a misspelt dataFormat': [
    'BN_OPTION',
    /dataFormat must be 'channelsFirst' or 'channelsLast', got 'NHWC'/,
    () => batchNorm(zeros(2, 3), { dataFormat: wrong('NHWC') }),
  ],
  'a misspelt varianceEstimate': [
    'BN_OPTION',
    /varianceEstimate must be 'unbiased' or 'biased', got 'sample'/,
    () => batchNormOf(3, { varianceEstimate: 'sample' }),
  ],
  'numGroups beside normalizedShape': [
    'BN_OPTION',
    /numGroups and normalizedShape exclude each other/,
    () => moments(zeros(2, 4), { numGroups: 2, normalizedShape: 4 }),
  ],
};

const lifecycle: Record<string, Mistake> = {
  'a layer after dispose': [
    'BN_DISPOSED',
    /LayerNorm: this layer has been disposed/,
    () => {
      const layer = new LayerNorm({ normalizedShape: 3 });
      layer.dispose();
      return layer.apply(zeros(2, 3));
    },
  ],
  'a state dict that lacks an entry': [
    'BN_STATE_DICT',
    /nothing was loaded: 'bias' is missing/,
    () => using(new LayerNorm({ normalizedShape: 3 }), (layer) => layer.loadStateDict({ weight: zeros(3) })),
  ],
  'a state dict of another layer': [
    'BN_STATE_DICT',
    /'weight' is float32 \[4\] \(wanted float32 \[3\]\).*'extra' is unexpected/,
    () =>
      using(new RMSNorm({ normalizedShape: 3 }), (layer) =>
        layer.loadStateDict({ weight: zeros(4), extra: zeros(1) }),
      ),
  ],
};

/** All mistakes by the words that complete "refuses ...". */
export const mistakes: Readonly<Record<string, Mistake>> = { ...shape, ...dtype, ...options, ...lifecycle };
