/** Layers of tf.layers that refuse or break by themselves, on every backend. */
import type { Fault } from './fault.js';

const backends = ['cpu', 'wasm'] as const;
const one = 0.99950037;

export const layerFaults: readonly Fault[] = [
  {
    backends,
    wanted: '`tf.layers.batchNormalization` without scale, in training',
    code: 'tf.layers.batchNormalization({ scale: false }).apply(tf.tensor([[1], [3]]), { training: true })',
    message: "Cannot read properties of undefined (reading 'read')",
    right: [-one, one],
    mending: '@bn/layers',
    instead: 'new BatchNormalization({ scale: false }).apply(tf.tensor([[1], [3]]), { training: true })',
  },
  {
    backends,
    wanted: '`tf.layers.batchNormalization` of rank 5: after a `conv3d`',
    code: 'tf.layers.batchNormalization({ epsilon: 3 }).apply(tf.fill([1, 1, 1, 1, 1], 2))',
    message: 'batchNormalization is not implemented for array of rank 5 yet',
    right: [1],
    mending: '@bn/layers',
    instead: 'new BatchNormalization({ epsilon: 3 }).apply(tf.fill([1, 1, 1, 1, 1], 2))',
  },
  {
    backends,
    wanted: '`tf.layers.layerNormalization` of rank 5',
    code: 'tf.layers.layerNormalization().apply(tf.tensor([1, 3], [1, 1, 1, 1, 2]))',
    message: 'batchNormalization is not implemented for array of rank 5 yet',
    right: [-one, one],
    mending: '@bn/layers',
    instead: 'new LayerNormalization().apply(tf.tensor([1, 3], [1, 1, 1, 1, 2]))',
  },
  {
    backends,
    wanted: 'a frozen `tf.layers.batchNormalization`, which Keras runs in inference mode',
    code: 'tf.layers.batchNormalization({ epsilon: 3, trainable: false }).apply(tf.tensor([[2], [4]]), { training: true })',
    wrong: [-0.5, 0.5],
    right: [1, 2],
    mending: '@bn/layers',
    instead:
      'new BatchNormalization({ epsilon: 3, trainable: false }).apply(tf.tensor([[2], [4]]), { training: true })',
  },
  {
    backends,
    wanted: 'ELU with an alpha',
    code: 'tf.layers.elu({ alpha: 0.5 }).apply(tf.tensor([-1, 2]))',
    message: 'Non-default alpha value (0.5) is not supported by the ELU layer yet.',
    right: [-0.31606028, 2],
    instead:
      'tf.where(tf.tensor([false, true]), tf.tensor([-1, 2]), tf.mul(0.5, tf.expm1(tf.tensor([-1, 2]))))',
  },
  {
    backends,
    wanted: '`tf.layers.softmax` of rank 3: its axis is 1 if none is named',
    code: 'tf.layers.softmax().apply(tf.zeros([1, 1, 2]))',
    message: 'Softmax along a non-last dimension is not yet supported. Logits was rank 3 and dim was 1',
    right: [0.5, 0.5],
    instead: 'tf.layers.softmax({ axis: 2 }).apply(tf.zeros([1, 1, 2]))',
  },
  {
    backends,
    wanted: 'a causal `tf.layers.conv1d`',
    code: "tf.layers.conv1d({ filters: 1, kernelSize: 2, padding: 'causal' }).apply(tf.ones([1, 2, 1]))",
    message: 'The support for CAUSAL padding mode in conv1dWithBias is not implemented yet.',
    right: [1, 2],
    instead:
      "tf.layers.conv1d({ filters: 1, kernelSize: 2, kernelInitializer: 'ones' }).apply(tf.pad(tf.ones([1, 2, 1]), [[0, 0], [1, 0], [0, 0]]))",
  },
];
