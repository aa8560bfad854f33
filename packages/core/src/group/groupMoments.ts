/** Mean and variance per channel over the batches of all members of a group: one round trip for all channels. */
import type * as tf from '@tensorflow/tfjs-core';
import { runMoments } from '../dispatch/calls.js';
import { ReducerError, ShapeError } from '../errors.js';
import { PopulationMoments } from '../statistics/populationMoments.js';
import { runWeightedMoments } from '../statistics/weightedMoments.js';
import { elementsPerStatistic, formatShape, type NormalizationView } from '../view.js';
import type { Reducer } from './reducer.js';
import { float32, readInto } from './values.js';

/** What one member normalizes. */
export interface Shard {
  readonly x: tf.Tensor;
  /** Of x's shape; undefined counts all of x. */
  readonly weights: tf.Tensor | undefined;
  readonly view: NormalizationView;
}

/** The same bits on every member. */
export interface GroupMoments {
  /** `[C]`. */
  readonly mean: tf.Tensor;
  /** Biased, `[C]`. */
  readonly variance: tf.Tensor;
  /** Values of each channel, or the sum of their weights, over all members. */
  readonly counts: Float64Array;
}

/**
 * The moments of what all members hold, for use in tidy and off the tape: those of each member by the kernels, merged in float64
 * in the order of the ranks. A member may hold nothing: an empty batch, or weights of nothing but zeros. If all do, mean and
 * variance are 0. `elements` is how many a channel has over all members, whatever their weights.
 *
 * @throws ShapeError, on every member, for fewer than two elements per channel in all; ReducerError, on every member, if the
 * members differ in their number of channels.
 */
export function groupMoments(shard: Shard, reducer: Reducer): GroupMoments & { elements: number } {
  const { channels } = shard.view;
  const parts = reducer.allGather(ownMoments(shard));
  checkParts(parts, channels, reducer);
  const population = new PopulationMoments(channels);
  let elements = 0;
  for (const part of parts) {
    const row = (i: number) => part.subarray(1 + i * channels, 1 + (i + 1) * channels);
    elements += part[0]!;
    population.add(row(1), row(2), row(0));
  }
  if (elements < 2) {
    throw new ShapeError(
      `BatchNorm in training needs more than one value per channel, got ${elements} from all ${reducer.size} members of ` +
        `the group, x of shape ${formatShape(shard.x.shape)} from rank ${reducer.rank}`,
    );
  }
  const { count: counts, mean } = population;
  const variance = population.variance().map((value, channel) => (counts[channel]! > 0 ? value : 0));
  return { mean: float32(mean), variance: float32(variance), counts, elements };
}

/** Of this member: the elements of a channel, then counts, means and variances of all channels. */
function ownMoments({ x, weights, view }: Shard): Float64Array {
  const { channels } = view;
  const values = new Float64Array(1 + 3 * channels);
  const elements = elementsPerStatistic(view);
  if (elements === 0) return values;
  values[0] = elements;
  if (weights === undefined) {
    values.fill(elements, 1, 1 + channels);
    readInto(values, runMoments(x, { view, epsilon: 1 }), 1 + channels);
  } else {
    const [mean, variance, count] = runWeightedMoments(x, weights, view);
    readInto(values, [count, mean, variance], 1);
  }
  return values;
}

/** Every member sees the same parts, and so finds the same fault. */
function checkParts(parts: readonly Float64Array[], channels: number, { rank, size }: Reducer): void {
  const wanted = 1 + 3 * channels;
  const other = parts.findIndex((part) => part.length !== wanted);
  if (parts.length === size && other < 0) return;
  const got =
    other < 0
      ? `the parts of ${parts.length}`
      : `${channels} channels on rank ${rank} and ${(parts[other]!.length - 1) / 3} on rank ${other}`;
  throw new ReducerError(
    `BatchNorm: all ${size} members of the group must run the same layers in the same order, got ${got}`,
  );
}
