/** Graph models for tests, as tensorflowjs_converter writes them, and what their batch normalization must give, in float64. */

/** An attribute as model.json has it. */
const encoded = (value) => {
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'number') return { f: value };
  return value.startsWith('DT_') ? { type: value } : { s: btoa(value) };
};

/** A placeholder: its values are given to the model when it runs. */
export const input = (name, dtype = 'DT_FLOAT') => ({ name, op: 'Placeholder', attr: { dtype } });

/** A node; `attr` has plain values. */
export const node = (name, op, input, attr = {}) => ({ name, op, input, attr });

/**
 * A model of these nodes, for `tf.loadGraphModel(tf.io.fromMemory(...))`.
 *
 * @param {object[]} nodes Of `input` and `node`.
 * @param {Record<string, number[]>} weights Values of weights of rank 1, of which empty ones are allowed.
 * @param {object} library Functions of the model.
 */
export function graphModel(nodes, weights = {}, library = undefined) {
  const constants = Object.keys(weights).map((name) => node(name, 'Const', [], { dtype: 'DT_FLOAT' }));
  const encode = ({ attr, ...rest }) => ({
    ...rest,
    attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, encoded(value)])),
  });
  return {
    modelTopology: {
      node: [...nodes, ...constants].map(encode),
      ...(library && { library }),
      versions: { producer: 1 },
    },
    weightSpecs: Object.entries(weights).map(([name, values]) => ({
      name,
      shape: [values.length],
      dtype: 'float32',
    })),
    weightData: new Float32Array(Object.values(weights).flat()).buffer,
  };
}

/** For each element of x its channel. */
function channelsOf(shape, isFirst) {
  const channels = isFirst ? shape[1] : shape.at(-1);
  const inner = isFirst ? shape.slice(2).reduce((a, b) => a * b, 1) : 1;
  return { channels, channelOf: (i) => Math.floor(i / inner) % channels };
}

/**
 * Batch normalization and its gradients in float64: of sum(y * dy) in x, scale and offset.
 *
 * @param {object} values x, scale, offset and dy as arrays, and mean and variance if they are given ones.
 * @param {{ shape: number[], isFirst: boolean, epsilon: number }} layout
 */
export function expectedBatchNorm({ x, scale, offset, dy, ...given }, { shape, isFirst, epsilon }) {
  const { channels, channelOf } = channelsOf(shape, isFirst);
  const count = x.length / channels;
  const sums = (term) => {
    const result = new Float64Array(channels);
    x.forEach((value, i) => {
      result[channelOf(i)] += term(value, channelOf(i), i);
    });
    return result;
  };
  const batchMean = sums((value) => value / count);
  const batchVariance = sums((value, c) => (value - batchMean[c]) ** 2 / count);
  const { mean = batchMean, variance = batchVariance } = given;
  const rstd = Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));
  const xhat = Float64Array.from(x, (value, i) => (value - mean[channelOf(i)]) * rstd[channelOf(i)]);
  const dScale = sums((_, __, i) => dy[i] * xhat[i]);
  const dOffset = sums((_, __, i) => dy[i]);
  const isTraining = given.mean === undefined;
  return {
    y: xhat.map((value, i) => value * scale[channelOf(i)] + offset[channelOf(i)]),
    mean: batchMean,
    variance: batchVariance,
    unbiased: batchVariance.map((value) => (value * count) / (count - 1)),
    dx: Float64Array.from(dy, (value, i) => {
      const c = channelOf(i);
      const ofStatistics = isTraining ? (dOffset[c] + xhat[i] * dScale[c]) / count : 0;
      return scale[c] * rstd[c] * (value - ofStatistics);
    }),
    dScale,
    dOffset,
  };
}
