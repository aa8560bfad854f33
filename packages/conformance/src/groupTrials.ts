/** Batch norm over the shards of a real group is that of the whole batch. */
import type { Reducer } from '@bn/core';
import * as fc from 'fast-check';
import { allowanceFor, varianceOfShards } from './allowance.js';
import { inputsOf, type ShardedTrial, shardedTrials } from './arbitraries.js';
import { fartherThan } from './differences.js';
import { sizeOf } from './operation.js';
import { referenceForward, referenceGradients } from './reference.js';
import { forward, gradients, statistics } from './run.js';
import { shardSizes, shardsOf } from './shards.js';

export interface GroupTrialsOptions {
  /** Of what is drawn. Default 1. */
  readonly seed?: number;
  /** How many batches. Default 40. */
  readonly runs?: number;
  /** With masks of samples or positions, bool or weights. Default false. */
  readonly masked?: boolean;
  /** Factor on the errors allowed, as of `conformance`. Default 1. */
  readonly tolerance?: number;
}

/**
 * Draws batches, and cuts each into one shard for every member, uneven and empty ones too. Checks y, mean, variance, dx, dGamma and
 * dBeta on the current tfjs backend against float64 loops over the whole batch, and that mean and variance have the same bits on all
 * members. Every member calls it with the same options.
 *
 * @throws Error on every member if a batch fails on one; it has the smallest such batch that was found, and what is wrong.
 */
export async function groupTrials(reducer: Reducer, options: GroupTrialsOptions = {}): Promise<void> {
  const { seed = 1, runs = 40, masked = false, tolerance = 1 } = options;
  let fault: unknown;
  const property = async (trial: ShardedTrial) => {
    // After an error the members are no longer in the same place: no more calls of the reducer.
    if (fault !== undefined) throw fault;
    const problems = await problemsOf(trial, reducer, tolerance).catch((error: unknown) => {
      fault = error;
      throw error;
    });
    // A batch that fails on one member fails on all, so that they look for a smaller one together.
    const counts = reducer.allGather(Float64Array.of(problems.length)).map(([count]) => count!);
    if (problems.length > 0) throw new Error(problems.join('; '));
    const other = counts.findIndex((count) => count > 0);
    if (other >= 0) throw new Error(`rank ${other} has a wrong result`);
  };
  const trials = shardedTrials({ maxSize: 1000, masked }, reducer.size);
  try {
    await fc.assert(fc.asyncProperty(trials, property), { seed, numRuns: runs, includeErrorInReport: true });
  } catch (error) {
    throw fault ?? error;
  }
}

/** What is wrong with the results of this member. */
async function problemsOf(trial: ShardedTrial, reducer: Reducer, tolerance: number): Promise<string[]> {
  const whole = trial.operation;
  const batch = inputsOf(trial);
  const sizes = shardSizes(whole.shape[0]!, trial.cuts);
  const { operation, inputs } = shardsOf(whole, batch, sizes)[reducer.rank]!;
  const y = await forward(operation, inputs, reducer);
  const { mean, variance } = await statistics(operation, inputs, reducer);
  const { dx, dGamma, dBeta } = await gradients(operation, inputs, reducer);
  const sums = [dGamma, dBeta].map((own) => Float64Array.from(own ?? []));
  for (const values of sums) reducer.allReduceSum(values);

  const truth = { ...referenceForward(whole, batch), ...referenceGradients(whole, batch) };
  const allowed = allowanceFor(whole, batch, tolerance);
  const ofVariance = allowed.variance + varianceOfShards(batch.x, truth.variance, tolerance);
  const before = sizes.slice(0, reducer.rank).reduce((sum, size) => sum + size, 0);
  const perSample = sizeOf(whole.shape.slice(1));
  const own = (values: Float64Array) => values.slice(before * perSample, before * perSample + y.length);
  const problems = [
    fartherThan(allowed.y, y, own(truth.y), 'y'),
    fartherThan(allowed.mean, mean, truth.mean, 'mean'),
    fartherThan(ofVariance, variance, truth.variance, 'variance'),
    fartherThan(allowed.dx, dx, own(truth.dx), 'dx'),
    dGamma && fartherThan(allowed.dGamma, sums[0]!, truth.dGamma, 'sum of dGamma'),
    dBeta && fartherThan(allowed.dBeta, sums[1]!, truth.dBeta, 'sum of dBeta'),
    ...otherBits(mean, reducer, 'mean'),
    ...otherBits(variance, reducer, 'variance'),
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** If the members do not hold the same values. */
function otherBits(values: Float32Array, reducer: Reducer, what: string): string[] {
  const members = reducer.allGather(Float64Array.from(values));
  const isOther = (member: Float64Array) => member.some((value, i) => !Object.is(value, members[0]![i]));
  const other = members.findIndex(isOther);
  return other < 0 ? [] : [`${what}: rank ${other} has other bits than rank 0`];
}
