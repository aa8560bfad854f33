/** BatchNorm layers over a group of processes: running statistics, and training that ends where that of one process ends. */
import { BatchNorm, type BatchNormOptions, type Reducer, recomputeRunningStats } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { inProcessGroup } from '../inProcessGroup.js';
import { drawMask, weightsOf } from '../masks.js';
import type { Inputs, Operation } from '../operation.js';
import { referenceForward } from '../reference.js';
import { take } from '../run.js';
import { joined, shardsOf } from '../shards.js';

const operation: Operation = { op: 'batchNorm', shape: [7, 3, 3, 5], affine: false };
const channels = 3;
/** How each batch is cut for three members: uneven, with an empty shard, and with one sample each but for one member. */
const sizes = [
  [2, 2, 3],
  [7, 0, 0],
  [1, 5, 1],
] as const;

const batches = (masked: boolean): Inputs[] =>
  sizes.map((_, i) => ({
    ...drawInputs(operation, 130 + i, { offset: 3 * i, scale: 2 }),
    ...(masked && { mask: drawMask(operation, { axes: 3, dtype: 'float32' }, 140 + i) }),
  }));

const statisticsOf = ({ runningMean, runningVariance }: BatchNorm) =>
  take({ mean: tf.clone(runningMean!), variance: tf.clone(runningVariance!) });

/** In float64: running = keep * running + (1 - keep) * batch, the variance times count / (count - 1) if unbiased. */
function expectedStatistics(inputs: readonly Inputs[], momentum: number | null, unbiased: boolean) {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels).fill(1);
  for (const [i, batch] of inputs.entries()) {
    const truth = referenceForward(operation, batch);
    const count = weightsOf(operation, batch.mask).reduce((a, b) => a + b, 0) / channels;
    const keep = momentum ?? i / (i + 1);
    const correction = unbiased ? count / (count - 1) : 1;
    for (let c = 0; c < channels; c++) {
      mean[c] = keep * mean[c]! + (1 - keep) * truth.mean[c]!;
      variance[c] = keep * variance[c]! + (1 - keep) * correction * truth.variance[c]!;
    }
  }
  return { mean, variance };
}

/** Runs f on each member with a layer and its shards of all batches, and gives the running statistics that it ends with. */
const runningStatistics = (
  options: Partial<BatchNormOptions>,
  inputs: readonly Inputs[],
  f: (layer: BatchNorm, shards: readonly { operation: Operation; inputs: Inputs }[]) => unknown,
) =>
  inProcessGroup(3, async (reducer) => {
    const layer = new BatchNorm({ numFeatures: channels, ...options, reducer });
    try {
      await f(
        layer,
        inputs.map((batch, i) => shardsOf(operation, batch, sizes[i]!)[reducer.rank]!),
      );
      return await statisticsOf(layer);
    } finally {
      layer.dispose();
    }
  });

/** Trains a layer on a shard, without looking at y. */
function train(layer: BatchNorm, shard: { operation: Operation; inputs: Inputs }): void {
  tf.tidy(() => {
    const { x, mask } = toTensors(shard.operation, shard.inputs);
    layer.apply(x, { training: true, mask });
  });
}

/** They move by the whole batches, on every member to the same bits, masked or not, by momentum and as a cumulative average. */
export const runningStatisticsAgree =
  (masked: boolean): Behaviour =>
  async ({ tolerance }) => {
    const inputs = batches(masked);
    const allowed = inputs.map((batch) => allowanceFor(operation, batch, tolerance));
    for (const momentum of [0.9, null]) {
      for (const varianceEstimate of ['biased', 'unbiased'] as const) {
        const members = await runningStatistics({ momentum, varianceEstimate }, inputs, (layer, shards) => {
          for (const shard of shards) train(layer, shard);
        });
        const wanted = expectedStatistics(inputs, momentum, varianceEstimate === 'unbiased');
        for (const { mean, variance } of members) {
          expectClose(mean, wanted.mean, Math.max(...allowed.map(({ mean }) => mean)), 'running mean');
          const varianceAllowed = 2 * Math.max(...allowed.map(({ variance }) => variance));
          expectClose(variance, wanted.variance, varianceAllowed, `${varianceEstimate} running variance`);
          expectSame(mean, members[0]!.mean, 'running mean of another member');
          expectSame(variance, members[0]!.variance, 'running variance of another member');
        }
      }
    }
  };

/** `recomputeRunningStats` on every member's shards gives the statistics of all batches as one. */
export const recomputedStatisticsAgree: Behaviour = async ({ tolerance }) => {
  const inputs = batches(false);
  const members = await runningStatistics({ varianceEstimate: 'biased' }, inputs, (layer, shards) =>
    recomputeRunningStats([layer], shards, (shard) => train(layer, shard)),
  );
  const all = { ...operation, shape: [21, 3, 3, 5] };
  const whole = { x: joined(inputs.map(({ x }) => x)), dy: joined(inputs.map(({ dy }) => dy)) };
  const truth = referenceForward(all, whole);
  const allowed = allowanceFor(all, whole, tolerance);
  for (const { mean, variance } of members) {
    expectClose(mean, truth.mean, allowed.mean, 'running mean');
    expectClose(variance, truth.variance, 2 * allowed.variance, 'running variance');
    expectSame(variance, members[0]!.variance, 'running variance of another member');
  }
};

/** Steps of a small network on shards, its gradients added up over the group, end where steps on whole batches end. */
export const trainingAgrees: Behaviour = async ({ tolerance }) => {
  const inputs = batches(true).slice(0, 2);
  const whole = await trainedWeights(inputs.map((batch) => ({ operation, inputs: batch })));
  const members = await inProcessGroup(2, (reducer) =>
    trainedWeights(
      inputs.map((batch) => shardsOf(operation, batch, [2, 5])[reducer.rank]!),
      reducer,
    ),
  );
  for (const weights of members) {
    expectClose(weights, whole, 2e-5 * tolerance, 'weights after training');
    expectSame(weights, members[0]!, 'weights of another member');
  }
};

/** The weights and running statistics of scale, BatchNorm, square, BatchNorm after a step on each batch. */
async function trainedWeights(
  steps: readonly { operation: Operation; inputs: Inputs }[],
  reducer?: Reducer,
): Promise<Float32Array> {
  const layers = [1, 2].map(() => new BatchNorm({ numFeatures: channels, reducer }));
  const scale = tf.tidy(() => tf.variable(tf.tensor([0.5, 1, 1.5], [1, channels, 1, 1])));
  const variables = [scale, ...layers.flatMap((layer) => layer.trainableWeights)];
  for (const { operation, inputs } of steps) {
    tf.tidy(() => {
      const { x, mask } = toTensors(operation, inputs);
      const gradients = tf.variableGrads(() => {
        const hidden = layers[0]!.apply(tf.mul(x, scale), { training: true, mask });
        const y = layers[1]!.apply(tf.square(hidden), { training: true, mask });
        return tf.sum(tf.mul(y, tf.tensor(inputs.dy, y.shape))) as tf.Scalar;
      }, variables).grads;
      const sums = addedUp(
        tf.concat(variables.map(({ name }) => tf.reshape(gradients[name]!, [-1]))),
        reducer,
      );
      const parts = tf.split(sums, variables.length);
      for (const [i, variable] of variables.entries()) {
        const step = tf.mul(tf.reshape(parts[i]!, variable.shape), 0.01);
        variable.assign(tf.sub(variable, step));
      }
    });
  }
  const state = [scale, ...layers.flatMap((layer) => layer.weights)];
  const { values } = await take({
    values: tf.tidy(() => tf.concat(state.map((variable) => tf.reshape(variable, [-1])))),
  });
  scale.dispose();
  for (const layer of layers) layer.dispose();
  return values;
}

/** What all members have, added up. */
function addedUp(own: tf.Tensor, reducer: Reducer | undefined): tf.Tensor {
  if (reducer === undefined) return own;
  const values = Float64Array.from(own.dataSync());
  reducer.allReduceSum(values);
  return tf.tensor(Float32Array.from(values));
}
