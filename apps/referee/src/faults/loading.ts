/** Files of Keras that tf.loadLayersModel does not read. */
import type { Fault } from './fault.js';

const backends = ['cpu', 'wasm'] as const;

/** Layers of Keras and of TensorFlow Addons that tfjs does not know, with what they make of some x. */
const layers: readonly (Pick<Fault, 'right' | 'issues'> & { name: string; config: string; x: string })[] = [
  {
    name: 'GroupNormalization',
    config: '{ groups: 1 }',
    x: 'tf.tensor([[1, 3]])',
    right: [-0.99950037, 0.99950037],
  },
  {
    name: 'RMSNormalization',
    config: '{ axis: -1 }',
    x: 'tf.tensor([[3, 4]])',
    right: [0.8485281, 1.1313708],
  },
  { name: 'UnitNormalization', config: '{ axis: -1 }', x: 'tf.tensor([[3, 4]])', right: [0.6, 0.8] },
  {
    name: 'Normalization',
    config: '{ axis: -1, mean: [1, 2], variance: [4, 4] }',
    x: 'tf.tensor([[3, 4]])',
    right: [1, 1],
    issues: [4626, 7639],
  },
  {
    name: 'SpectralNormalization',
    config:
      "{ layer: { class_name: 'Dense', config: { units: 1, kernel_initializer: 'ones', use_bias: false } } }",
    x: 'tf.tensor([[3, 4]])',
    right: [7],
  },
  {
    name: 'BatchNormalizationV1',
    config: '{ epsilon: 3 }',
    x: 'tf.tensor([[2, 4]])',
    right: [1, 2],
    issues: [1255],
  },
  { name: 'SyncBatchNormalization', config: '{ epsilon: 3 }', x: 'tf.tensor([[2, 4]])', right: [1, 2] },
  {
    name: 'Experimental>SyncBatchNormalization',
    config: '{ epsilon: 3 }',
    x: 'tf.tensor([[2, 4]])',
    right: [1, 2],
  },
  {
    name: 'Addons>GroupNormalization',
    config: '{ groups: 1 }',
    x: 'tf.tensor([[1, 3]])',
    right: [-0.99950037, 0.99950037],
  },
  {
    name: 'Addons>InstanceNormalization',
    config: '{ groups: -1, axis: -1, epsilon: 0.001 }',
    x: 'tf.tensor([[[1], [3]]])',
    right: [-0.99950037, 0.99950037],
    issues: [626, 4823],
  },
];

const unknownLayers: readonly Fault[] = layers.map(({ name, config, x, ...rest }) => {
  const predict = `predictKeras2('${name}', ${config}, ${x})`;
  return {
    ...rest,
    backends,
    wanted: `\`tf.loadLayersModel\` of a Keras model with \`${name}\``,
    code: predict,
    message: `Unknown layer: ${name}. This may be due to one of the following reasons:`,
    mending: '@bn/layers',
    instead: `(registerKerasLayers(), ${predict})`,
  };
});

const keras3 = (wanted: string, handler: string, message: string, issues?: number[]): Fault => ({
  backends,
  wanted,
  code: `tf.loadLayersModel(${handler}()).then((model) => model.predict(tf.tensor([[3, 4]])))`,
  message,
  right: [7],
  mending: '@bn/layers',
  instead: `loadKerasModel(${handler}()).then((model) => model.predict(tf.tensor([[3, 4]])))`,
  ...(issues && { issues }),
});

export const loading: readonly Fault[] = [
  keras3(
    '`tf.loadLayersModel` of a model of Keras 3: its input layer says `batch_shape`',
    'sequentialOfKeras3',
    'An InputLayer should be passed either a `batchInputShape` or an `inputShape`.',
    [8494],
  ),
  keras3(
    'the same of a functional model: its inbound nodes are `args` of `__keras_tensor__`',
    'functionalOfKeras3',
    'Corrupted configuration, expected array for nodeData: [object Object]',
  ),
  keras3(
    'the same: its weights have the name of the model before theirs',
    'weightsOfKeras3',
    'Provided weight data has no target variable: sequential/dense/kernel',
  ),
  ...unknownLayers,
  {
    backends,
    wanted: '`tf.loadLayersModel` of a model with a shared layer: it takes one call of it for another',
    code: 'tf.loadLayersModel(sharedOfKeras2()).then((model) => model.predict(tf.tensor([[1]])))',
    wrong: [2, 210],
    right: [6, 70],
    mending: '@bn/layers',
    instead: 'loadKerasModel(sharedOfKeras2()).then((model) => model.predict(tf.tensor([[1]])))',
  },
];
