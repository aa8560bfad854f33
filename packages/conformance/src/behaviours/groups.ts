/** Batch norm over the shards of a group of processes computes what it computes of the whole batch in one. */
import { BackendError, batchNorm, type Reducer } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor, varianceOfShards } from '../allowance.js';
import { type Bounds, forAll, inputsOf, type ShardedTrial, shardedTrials } from '../arbitraries.js';
import type { Behaviour, Context } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame, largest } from '../compare.js';
import { drawInputs, normal } from '../golden/inputs.js';
import { inProcessGroup, inProcessOutcomes } from '../inProcessGroup.js';
import { drawMask } from '../masks.js';
import { channelCount, type Inputs, type Operation } from '../operation.js';
import { referenceForward, referenceGradients } from '../reference.js';
import { forward, gradients, gradientTensors, statistics, takeOne } from '../run.js';
import { joined, shardSizes, shardsOf } from '../shards.js';
import { smooth } from './gradients.js';

/** A shard is run several times for each trial, so that there are fewer and smaller ones than for one process. */
const runsOf = ({ synchronousReads, draws }: Context): number =>
  Math.ceil(draws.runs / (synchronousReads === 'slow' ? 8 : 2));
const small = { maxSize: 1000 };

const shardsOfTrial = (trial: ShardedTrial, inputs: Inputs) =>
  shardsOf(trial.operation, inputs, shardSizes(trial.operation.shape[0]!, trial.cuts));

/** Runs every shard on the member of its rank. */
const overShards = <T>(
  shards: ReturnType<typeof shardsOf>,
  run: (operation: Operation, inputs: Inputs, reducer: Reducer) => Promise<T>,
): Promise<T[]> =>
  inProcessGroup(shards.length, (reducer) => {
    const { operation, inputs } = shards[reducer.rank]!;
    return run(operation, inputs, reducer);
  });

/** Checks drawn operations whose batch is cut into shards. */
const overTrials =
  (check: (trial: ShardedTrial, inputs: Inputs, context: Context) => Promise<void>, limits: Bounds = small) =>
  (bounds?: Bounds): Behaviour =>
  (context) =>
    forAll(
      shardedTrials({ ...limits, ...bounds }),
      context.draws,
      (trial) => check(trial, inputsOf(trial), context),
      runsOf(context),
    );

/** mean and variance are those of the whole batch, and have the same bits on every member. */
async function expectStatistics(
  operation: Operation,
  inputs: Inputs,
  sizes: readonly number[],
  tolerance: number,
): Promise<void> {
  const truth = referenceForward(operation, inputs);
  const allowed = allowanceFor(operation, inputs, tolerance);
  const members = await overShards(shardsOf(operation, inputs, sizes), statistics);
  const { mean, variance } = members[0]!;
  expectClose(mean, truth.mean, allowed.mean, 'mean');
  const shards = varianceOfShards(inputs.x, truth.variance, tolerance);
  expectClose(variance, truth.variance, allowed.variance + shards, 'variance');
  for (const [rank, member] of members.entries()) {
    expectSame(member.mean, mean, `mean of rank ${rank}`);
    expectSame(member.variance, variance, `variance of rank ${rank}`);
  }
}

export const statisticsAgree = overTrials(({ operation, cuts }, inputs, { tolerance }) =>
  expectStatistics(operation, inputs, shardSizes(operation.shape[0]!, cuts), tolerance),
);

/** y of the shards is that of the whole batch. */
export const forwardAgrees = overTrials(async (trial, inputs, { tolerance }) => {
  const { operation } = trial;
  const y = joined(await overShards(shardsOfTrial(trial, inputs), forward));
  const allowed = allowanceFor(operation, inputs, tolerance);
  expectClose(y, referenceForward(operation, inputs).y, allowed.y, 'y');
});

/** dx of the shards is that of the whole batch, and the members' dGamma and dBeta add up to those of the whole. */
export const gradientsAgree = overTrials(async (trial, inputs, { tolerance }) => {
  const { operation } = trial;
  const members = await overShards(shardsOfTrial(trial, inputs), gradients);
  const truth = referenceGradients(operation, inputs);
  const allowed = allowanceFor(operation, inputs, tolerance);
  expectClose(joined(members.map(({ dx }) => dx)), truth.dx, allowed.dx, 'dx');
  if (members[0]!.dGamma === undefined) return;
  const sum = (arrays: Float32Array[]) =>
    arrays[0]!.map((_, c) => arrays.reduce((total, values) => total + values[c]!, 0));
  const [dGamma, dBeta] = [members.map((m) => m.dGamma!), members.map((m) => m.dBeta!)];
  expectClose(sum(dGamma), truth.dGamma, allowed.dGamma, 'sum of dGamma');
  expectClose(sum(dBeta), truth.dBeta, allowed.dBeta, 'sum of dBeta');
});

/** dx of a loss of y, mean and variance, to which every member adds different weights: as of the whole batch in one process. */
export const resultsAreDifferentiable = (bounds?: Bounds): Behaviour =>
  overTrials(async (trial, inputs, { tolerance }) => {
    const { operation } = trial;
    const shards = shardsOfTrial(trial, inputs);
    const weightsOf = (rank: number) =>
      Float32Array.from({ length: 2 * channelCount(operation) }, (_, i) => normal(trial.dataSeed + rank, i));
    const sumOfWeights = shards
      .map((_, rank) => weightsOf(rank))
      .reduce((sum, weights) => sum.map((value, i) => value + weights[i]!));
    const wanted = await gradientOfResults(operation, inputs, sumOfWeights);
    const dx = await overShards(shards, (operation, inputs, reducer) =>
      gradientOfResults(operation, inputs, weightsOf(reducer.rank), reducer),
    );
    const allowed = allowanceFor(operation, inputs, tolerance).dx;
    expectClose(joined(dx), wanted, allowed * (1 + largest(wanted)), 'dx');
  }, smooth)({ ...bounds, affine: false });

/** dx of sum(y * dy) + sum of [mean, variance] * weights. */
async function gradientOfResults(
  operation: Operation,
  inputs: Inputs,
  weights: Float32Array,
  reducer?: Reducer,
): Promise<Float32Array> {
  const { x, mask, ...unused } = toTensors(operation, inputs);
  const { dataFormat, epsilon } = operation;
  const dx = tf.tidy(() =>
    tf.grad((x: tf.Tensor) => {
      const { y, mean, variance } = batchNorm(x, { mask, dataFormat, epsilon, reducer });
      const ofStatistics = tf.sum(tf.mul(tf.concat([mean, variance]), tf.tensor(weights)));
      return tf.add(dotWith(y, inputs.dy), ofStatistics);
    })(x),
  );
  tf.dispose([x, mask, unused]);
  return takeOne(dx);
}

/** sum(y * dy) where y may be empty, which tfjs cannot sum on every backend. */
function dotWith(y: tf.Tensor, dy: Float32Array): tf.Tensor {
  const dot = tf.customGrad((input) => {
    const y = input as tf.Tensor;
    const value = y.size === 0 ? tf.scalar(0) : tf.sum(tf.mul(y, tf.tensor(dy, y.shape)));
    return { value, gradFunc: () => tf.tensor(dy, y.shape) };
  });
  return dot(y);
}

/** Where the mean is 10,000 standard deviations from 0. Each member's mean is rounded to some 5e-4 there. */
export const farFromZero: Behaviour = async ({ tolerance }) => {
  const operation: Operation = { op: 'batchNorm', shape: [32, 5, 7, 9], affine: false };
  const inputs = drawInputs(operation, 120, { offset: 1e4 });
  const mask = drawMask(operation, { axes: 3, dtype: 'float32' }, 121);
  for (const batch of [inputs, { ...inputs, mask }]) {
    await expectStatistics(operation, batch, [11, 0, 20, 1], tolerance);
    const members = await overShards(shardsOf(operation, batch, [32, 0]), statistics);
    for (const variance of members[0]!.variance) expect(Math.abs(variance - 1)).toBeLessThan(0.1);
  }
};

/** A constant has variance 0, also if it is cut, and never one below. */
export const tinyVariance: Behaviour = async ({ tolerance }) => {
  const operation: Operation = { op: 'batchNorm', shape: [9, 7, 3], affine: false };
  for (const distribution of [
    { offset: 1000, scale: 0 },
    { offset: 1, scale: 1e-6 },
    { offset: 0, scale: 1e-12 },
  ]) {
    const inputs = drawInputs(operation, 122, distribution);
    await expectStatistics(operation, inputs, [1, 2, 6], tolerance);
    const members = await overShards(shardsOf(operation, inputs, [1, 2, 6]), statistics);
    expect(Math.min(...members.flatMap(({ variance }) => [...variance]))).toBeGreaterThanOrEqual(0);
  }
};

/** Forward and backward, a shard leaves its results; what it held beside them is freed. */
export const leavesItsResults: Behaviour = async () => {
  const operation: Operation = { op: 'batchNorm', shape: [5, 3, 3, 7] };
  const inputs = drawInputs(operation, 123);
  const mask = drawMask(operation, { axes: 1, dtype: 'bool' }, 124);
  for (const batch of [inputs, { ...inputs, mask }]) {
    await overShards(shardsOf(operation, batch, [2, 0, 3]), async (operation, inputs, reducer) => {
      const given = toTensors(operation, inputs);
      const dy = tf.tensor(inputs.dy, [...operation.shape]);
      const { dataFormat } = operation;
      const results = () => [
        ...Object.values(batchNorm(given.x, { mask: given.mask, dataFormat, reducer })),
        ...Object.values(gradientTensors(operation, given, dy, reducer)),
      ];
      // Constants that tfjs keeps for itself are made in the first run.
      tf.dispose(results());
      const [tensors, buffers] = [tf.memory().numTensors, tf.backend().numDataIds()];
      const left = results();
      expect(tf.memory().numTensors - tensors, 'new tensors').toBe(left.length);
      tf.dispose(left);
      expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual([tensors, buffers]);
      tf.dispose([dy, ...Object.values(given)]);
    });
  }
};

/** A backend that cannot be read without waiting cannot take part in blocking calls: every member is told, also one without data. */
export const refusesToWait: Behaviour = async () => {
  const operation: Operation = { op: 'batchNorm', shape: [5, 3] };
  const shards = shardsOf(operation, drawInputs(operation, 125), [2, 0, 3]);
  const outcomes = await inProcessOutcomes(3, async (reducer) => {
    const { operation, inputs } = shards[reducer.rank]!;
    const tensors = toTensors(operation, inputs);
    try {
      return batchNorm(tensors.x, { reducer });
    } finally {
      tf.dispose(Object.values(tensors));
    }
  });
  for (const outcome of outcomes) {
    expect('error' in outcome && outcome.error).toBeInstanceOf(BackendError);
  }
};
