/** Running statistics that were kept in several places, as of all data together. */
import * as tf from '@tensorflow/tfjs-core';
import { OptionError, StateDictError } from '../errors.js';
import { checkVarianceEstimate } from '../layers/batchNormOptions.js';
import { checkKeys, kindOf } from '../options.js';
import { counterTensor, type StateDict } from '../stateDict.js';
import { PopulationMoments } from '../statistics/populationMoments.js';
import type { VarianceEstimate } from '../statistics/runningStatistics.js';
import { formatShape } from '../view.js';

const name = 'mergeRunningStats';

/** Options of `mergeRunningStats`. */
export interface MergeRunningStatsOptions {
  /**
   * 'biased' (default): the running variances are the variances of their data, v = sum((x - mean)^2) / n, or estimates of them, as
   * the averages over the batches of training are. 'unbiased': each is sum((x - mean)^2) / (n - 1) over exactly its count of
   * values, as `recomputeRunningStats` leaves it in a layer with `varianceEstimate: 'unbiased'`, and the merged one is too.
   */
  varianceEstimate?: VarianceEstimate | undefined;
}

/**
 * Merges the running statistics of layers that were trained apart on different data (federated learning, or the shards of a
 * data set): mean and variance of all data together, exactly but for rounding, in float64 and in the order given. Averaging
 * the variances instead, as is often done, leaves out how far the means are apart.
 *
 * ```math
 * \mu = \frac{1}{N} \sum_i n_i \mu_i, \qquad \sigma^2 = \frac{1}{N} \sum_i n_i \left( \sigma_i^2 + (\mu_i - \mu)^2 \right), \qquad N = \sum_i n_i
 * ```
 *
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979). Merged variances
 * are never negative. A NaN in a channel stays in that channel.
 *
 * @param states state dicts with `running_mean` and `running_var` of one shape `[C]`; their other entries are not looked at,
 * but for `num_batches_tracked`, which is added up if all have it.
 * @param counts how many values of each channel every state is of (samples times positions), or relative weights: as many numbers as
 * states, not negative, with a sum above 0. A state of count 0 takes no part.
 * @returns a state dict with `running_mean`, `running_var` and, if all states have it, `num_batches_tracked`; the caller owns its
 * tensors. `layer.loadStateDict(merged, { strict: false })` takes it.
 * @throws OptionError for lists that are empty or of different lengths, a count that is negative or not finite, a sum of counts
 * of 0, or with `varianceEstimate: 'unbiased'` a count between 0 and 1 or a sum of at most 1; StateDictError for a state without these entries,
 * or with entries of another shape, of another dtype, or with a negative variance.
 *
 * @example
 * ```ts
 * const ofOne = { running_mean: tf.tensor1d([2]), running_var: tf.tensor1d([1]) }; // of [1, 3]
 * const ofOther = { running_mean: tf.tensor1d([6]), running_var: tf.tensor1d([1]) }; // of [5, 7]
 * const merged = mergeRunningStats([ofOne, ofOther], [2, 2]);
 * console.log(merged.running_mean.toString(), merged.running_var.toString()); // Tensor [4] Tensor [5]
 * ```
 */
export function mergeRunningStats(
  states: readonly StateDict[],
  counts: readonly number[],
  options: MergeRunningStatsOptions = {},
): StateDict {
  checkKeys(name, options, ['varianceEstimate']);
  const estimate = checkVarianceEstimate(name, options.varianceEstimate ?? 'biased');
  checkCounts(states, counts, estimate);
  const shape = shapeOf(states[0]!);
  const population = new PopulationMoments(shape[0]!);
  for (const [i, state] of states.entries()) {
    const [mean, variance] = checkState(state, `states[${i}]`, shape);
    const count = counts[i]!;
    // A single value has no unbiased variance, and no squared deviation.
    const bias = estimate === 'biased' ? 1 : (count - 1) / count;
    population.add(
      mean,
      variance.map((value) => (bias === 0 ? 0 : value * bias)),
      count,
    );
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const correction = estimate === 'unbiased' ? total / (total - 1) : 1;
  return {
    running_mean: tf.tensor1d(Float32Array.from(population.mean)),
    running_var: tf.tensor1d(Float32Array.from(population.variance(), (value) => value * correction)),
    ...sumOfBatches(states),
  };
}

function checkCounts(
  states: readonly StateDict[],
  counts: readonly number[],
  estimate: VarianceEstimate,
): void {
  if (!Array.isArray(states) || states.length === 0) {
    const got = Array.isArray(states) ? 'an empty one' : kindOf(states);
    throw new OptionError(`${name}: states must be a list of state dicts, got ${got}`);
  }
  if (!Array.isArray(counts) || counts.length !== states.length) {
    const got = Array.isArray(counts) ? `${counts.length} of them` : kindOf(counts);
    throw new OptionError(
      `${name}: counts must be as many numbers as there are states, ${states.length}, got ${got}`,
    );
  }
  const isUnbiased = estimate === 'unbiased';
  counts.forEach((count, i) => {
    if (Number.isFinite(count) && count >= 0 && !(isUnbiased && count > 0 && count < 1)) return;
    const wanted = isUnbiased
      ? "0 or at least 1 with varianceEstimate 'unbiased'"
      : 'a finite number that is not negative';
    throw new OptionError(`${name}: counts[${i}] must be ${wanted}, got ${String(count)}`);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > (isUnbiased ? 1 : 0)) return;
  throw new OptionError(`${name}: the sum of counts must be above ${isUnbiased ? 1 : 0}, got ${total}`);
}

/** The shape of the statistics of the first state, which the others must have. */
function shapeOf(state: StateDict): readonly number[] {
  const mean = state?.running_mean;
  return mean instanceof tf.Tensor && mean.rank === 1 && mean.size > 0 ? mean.shape : [0];
}

/** [mean, variance] of a state. */
function checkState(state: StateDict, title: string, shape: readonly number[]): [Float32Array, Float32Array] {
  const [mean, variance] = ['running_mean', 'running_var'].map((key) => {
    const value = state?.[key];
    const got = value instanceof tf.Tensor ? `${value.dtype} ${formatShape(value.shape)}` : kindOf(value);
    const fits =
      value instanceof tf.Tensor && value.dtype === 'float32' && tf.util.arraysEqual(value.shape, [...shape]);
    const wanted = shape[0] === 0 ? '[C]' : formatShape(shape);
    if (!fits || shape[0] === 0) {
      throw new StateDictError(`${name}: ${title} must have a ${key} of float32 ${wanted}, got ${got}`);
    }
    return value.dataSync<'float32'>();
  });
  const channel = variance!.findIndex((value) => value < 0);
  if (channel >= 0) {
    throw new StateDictError(
      `${name}: ${title} has a running_var of ${variance![channel]} in channel ${channel}; a variance is not negative`,
    );
  }
  return [mean!, variance!];
}

/** As one layer would have counted, if all states have counted. */
function sumOfBatches(states: readonly StateDict[]): StateDict {
  const batches = states.map(({ num_batches_tracked: count }) => count?.dataSync()[0]);
  if (!batches.every((count) => count !== undefined)) return {};
  return { num_batches_tracked: counterTensor(batches.reduce((sum, count) => sum + count, 0)) };
}
