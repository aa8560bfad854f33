/** tf.layers. */
import { type CaseRow, channelAxis, type GoldenCase } from '@bn/conformance/golden';
import * as tf from '@tensorflow/tfjs';
import type { Method, Started } from './contender.js';
import { defaultEpsilon, gradientsOf, valuesOf } from './tfjs.js';

/** The layer of a case, not yet built; undefined if tf.layers has none. */
function layerOf(row: CaseRow): tf.layers.Layer | undefined {
  const { op, epsilon = defaultEpsilon, affine = true } = row;
  const options = { epsilon, center: affine, scale: affine };
  if (op === 'layerNorm') {
    const axes = [...row.shape.keys()].slice(-row.normalizedShape!.length);
    // A layer does not normalize over the batch.
    return axes.includes(0) ? undefined : tf.layers.layerNormalization({ ...options, axis: axes });
  }
  if (op !== 'batchNorm' && op !== 'batchNormInference') return undefined;
  const { momentum = 0.9 } = row;
  if (momentum === null) return undefined;
  return tf.layers.batchNormalization({ ...options, axis: channelAxis(row), momentum });
}

/** A layer with the weights of a case, and its function. */
function built({ row, inputs }: GoldenCase, layer: tf.layers.Layer) {
  layer.build([...row.shape]);
  const { gamma, beta, mean, variance } = inputs;
  const values = [gamma, beta, mean, variance].filter((each) => each !== undefined);
  layer.setWeights(layer.weights.map(({ shape }, i) => tf.tensor(values[i]!, shape as number[])));
  const training = row.op !== 'batchNormInference';
  return {
    x: tf.tensor(inputs.x, [...row.shape]),
    apply: (x: tf.Tensor) => layer.apply(x, { training }) as tf.Tensor,
    /** gamma and beta, if it has them, then the running statistics. */
    weights: () => layer.weights.map((weight) => weight.read()),
  };
}

const method =
  (compute: (golden: GoldenCase, layer: ReturnType<typeof built>) => ReturnType<Method>): Method =>
  (golden) => {
    const layer = layerOf(golden.row);
    return layer && compute(golden, built(golden, layer));
  };

const forward = method((_, { x, apply }) => valuesOf({ y: apply(x) }));

const gradients = method((golden, { x, apply, weights }) => {
  const [gamma, beta] = golden.inputs.gamma ? weights() : [];
  return gradientsOf(golden, (x) => apply(x), x, gamma && beta ? { gamma, beta } : {});
});

const moved = method((_, { x, apply, weights }) => {
  apply(x);
  const [runningMean, runningVariance] = weights().slice(-2);
  return valuesOf({ runningMean, runningVariance });
});

/** Its running variance is the biased one. */
const runningStatistics: Method = (golden) =>
  golden.row.varianceEstimate === 'biased' ? moved(golden) : undefined;

export const layers: Omit<Started, 'versions'> = { forward, gradients, runningStatistics };
