/** Layers and datasets that compute something else than in Keras, without a word. */
import type { Fault } from './fault.js';

const backends = ['cpu', 'wasm'] as const;
/** One column of three pixels. */
const column = 'tf.tensor([1, 2, 4], [1, 3, 1, 1])';
/** One row of two pixels, and twice as wide. */
const row = 'tf.tensor([0, 4], [1, 1, 2, 1])';
const widened = { instead: `tf.image.resizeBilinear(${row}, [1, 4], false, true)`, right: [0, 1, 3, 4] };

const zipped = (datasets: string): string => `tf.data.zip(${datasets}).batch(2).toArray()`;
const [rows, labels] = ['tf.data.array([[1, 2], [3, 4]])', 'tf.data.array([0, 1])'];
const zippedAsList = {
  code: zipped(`[${rows}, ${labels}]`),
  instead: `${zipped(`{ xs: ${rows}, ys: ${labels} }`)}.then(([{ xs }]) => xs)`,
  right: [1, 2, 3, 4],
};

export const unlikeKeras: readonly Fault[] = [
  {
    backends,
    wanted: '`tf.layers.globalAveragePooling1d` behind a mask, whose steps Keras leaves out of the average',
    code: `tf.sequential({ layers: [tf.layers.masking({ maskValue: 9, inputShape: [2, 1] }), tf.layers.globalAveragePooling1d({})] }).predict(tf.tensor([1, 9], [1, 2, 1]))`,
    wrong: [0.5],
    right: [1],
    mending: '@bn/layers',
  },
  {
    backends,
    wanted: '`tf.layers.bidirectional` of all steps behind a mask, for whose steps Keras gives zeros',
    code: `tf.sequential({ layers: [tf.layers.masking({ maskValue: 9, inputShape: [2, 1] }), tf.layers.bidirectional({ layer: tf.layers.simpleRNN({ units: 1, returnSequences: true, activation: 'linear', kernelInitializer: 'ones' }), mergeMode: 'sum' })] }).predict(tf.tensor([1, 9], [1, 2, 1]))`,
    wrong: [2, 1],
    right: [2, 0],
    mending: '@bn/layers',
  },
  {
    backends,
    wanted: '`tf.layers.depthwiseConv2d` with a `dilationRate`, which it leaves out',
    code: `tf.layers.depthwiseConv2d({ kernelSize: [2, 1], dilationRate: 2, depthwiseInitializer: 'ones' }).apply(${column})`,
    wrong: [3, 6],
    instead: `tf.layers.separableConv2d({ filters: 1, kernelSize: [2, 1], dilationRate: 2, depthwiseInitializer: 'ones', pointwiseInitializer: 'ones' }).apply(${column})`,
    right: [5],
  },
  {
    backends,
    wanted: '`tf.layers.conv2dTranspose` with a `dilationRate`, which it leaves out',
    code: `tf.layers.conv2dTranspose({ filters: 1, kernelSize: [2, 1], dilationRate: 2, kernelInitializer: 'ones' }).apply(${column})`,
    wrong: [1, 3, 6, 4],
    instead: `tf.conv2d(tf.pad(${column}, [[0, 0], [2, 2], [0, 0], [0, 0]]), tf.ones([2, 1, 1, 1]), 1, 'valid', 'NHWC', [2, 2])`,
    right: [1, 2, 5, 2, 4],
  },
  {
    backends,
    wanted: "`tf.layers.upSampling2d` with `interpolation: 'bilinear'`, half a pixel off",
    code: `tf.layers.upSampling2d({ size: [1, 2], interpolation: 'bilinear' }).apply(${row})`,
    wrong: [0, 2, 4, 4],
    ...widened,
  },
  {
    backends,
    wanted: '`tf.layers.resizing`, which lays the outer pixels on each other',
    code: `tf.layers.resizing({ height: 1, width: 4 }).apply(${row})`,
    wrong: [0, 4 / 3, 8 / 3, 4],
    ...widened,
  },
  {
    backends: ['cpu'],
    wanted:
      'rows and labels in arrays that `tf.data.zip` takes as a list: one tensor, of more values than it has',
    wrong: [1, 2, 0, 3, 4, 1],
    ...zippedAsList,
  },
  { backends: ['wasm'], wanted: 'the same', message: 'Invalid typed array length: 32', ...zippedAsList },
];
