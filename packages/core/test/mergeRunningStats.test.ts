import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  mergeRunningStats,
  OptionError,
  recomputeRunningStats,
  registerBackend,
  StateDictError,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const stateOf = (mean: number[], variance: number[], batches?: number) => ({
  running_mean: tf.tensor1d(mean),
  running_var: tf.tensor1d(variance),
  ...(batches !== undefined && { num_batches_tracked: tf.scalar(batches, 'int32') }),
});
const one = stateOf([2, 0], [1, 4]);
const other = stateOf([6, 0], [1, 8]);
const values = (tensor: tf.Tensor | undefined) => [...tensor!.dataSync()];

/** Mean and variance of some values, by the formula. */
function momentsOf(list: number[], divisor = list.length) {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / divisor };
}

describe('merged running statistics', () => {
  test('have the variance between the means, which an average leaves out', () => {
    const merged = mergeRunningStats([one, other], [2, 2]);
    expect(values(merged.running_mean)).toEqual([4, 0]);
    expect(values(merged.running_var)).toEqual([5, 6]);
  });

  test('weigh each state by its count, which may be relative or 0', () => {
    for (const counts of [
      [1, 3],
      [0.25, 0.75],
    ]) {
      const merged = mergeRunningStats([one, other], counts);
      expect(values(merged.running_mean)).toEqual([5, 0]);
      expect(values(merged.running_var)).toEqual([4, 7]);
    }
    const broken = stateOf([Number.NaN, 1], [Number.NaN, 1]);
    expect(values(mergeRunningStats([one, broken], [5, 0]).running_var)).toEqual([1, 4]);
  });

  test.each(['biased', 'unbiased'] as const)('are those of all data together, %s', (varianceEstimate) => {
    const client = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
    const property = fc.property(
      fc.array(client, { minLength: 2, maxLength: 6 }),
      fc.constantFrom(0, 1e4),
      (clients, offset) => {
        const data = clients.map((list) => list.map((value) => Math.fround(value + offset)));
        const less = varianceEstimate === 'unbiased' ? 1 : 0;
        const states = data.map((list) => {
          const { mean, variance } = momentsOf(list, Math.max(1, list.length - less));
          return stateOf([mean], [variance]);
        });
        const counts = data.map(({ length }) => length);
        const merged = mergeRunningStats(states, counts, { varianceEstimate });
        const all = data.flat();
        const whole = momentsOf(all, all.length - less);
        const largest = Math.max(...all.map(Math.abs));
        // The states are float32.
        const roundoff = 2 ** -22 * (1 + largest);
        expect(Math.abs(values(merged.running_mean)[0]! - whole.mean)).toBeLessThan(roundoff);
        const deviation = Math.sqrt(whole.variance);
        const allowed = 4 * roundoff * (deviation + roundoff) + 1e-6 * whole.variance;
        const [variance] = values(merged.running_var);
        expect(Math.abs(variance! - whole.variance)).toBeLessThan(allowed);
        expect(variance).toBeGreaterThanOrEqual(0);
        tf.dispose([states, merged]);
      },
    );
    fc.assert(property);
  });

  test('are those that one layer recomputes from all data', async () => {
    const batches = [sample([5, 3], 1), sample([9, 3], 2), sample([2, 3], 3)];
    const recomputed = async (list: tf.Tensor[]) => {
      const layer = new BatchNorm({ numFeatures: 3 });
      await recomputeRunningStats([layer], list);
      return layer;
    };
    const apart = await Promise.all(batches.map((batch) => recomputed([batch])));
    const together = await recomputed(batches);
    const states = apart.map((layer) => layer.stateDict());
    const merged = mergeRunningStats(states, [5, 9, 2], { varianceEstimate: 'unbiased' });
    const layer = new BatchNorm({ numFeatures: 3 });
    layer.loadStateDict(merged, { strict: false });
    expectClose(layer.runningMean!, together.runningMean!, 1e-6);
    expectClose(layer.runningVariance!, together.runningVariance!, 1e-6);
    expect(values(layer.stateDict().num_batches_tracked)).toEqual([3]);
  });

  test('add up the batches if all states have counted', () => {
    const merged = mergeRunningStats([stateOf([0], [1], 3), stateOf([0], [1], 4)], [1, 1]);
    expect(values(merged.num_batches_tracked)).toEqual([7]);
    expect(mergeRunningStats([stateOf([0], [1], 3), stateOf([0], [1])], [1, 1])).not.toHaveProperty(
      'num_batches_tracked',
    );
  });

  test('keep what is not a number in its channel', () => {
    const merged = mergeRunningStats([stateOf([Number.NaN, 0], [Number.NaN, 4]), other], [1, 1]);
    expect(values(merged.running_mean)).toEqual([Number.NaN, 0]);
    expect(values(merged.running_var)).toEqual([Number.NaN, 6]);
  });

  test('are new tensors, and the only ones', () => {
    expect(tensorsAddedBy(() => mergeRunningStats([one, other], [1, 1]))).toBe(2);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: what the types forbid
const untyped = mergeRunningStats as any;

test.each([
  ['no list of states', () => untyped(one, [1]), 'states must be a list of state dicts, got object'],
  ['no states', () => mergeRunningStats([], []), 'states must be a list of state dicts, got an empty one'],
  ['no counts', () => untyped([one]), 'counts must be as many numbers as there are states, 1, got undefined'],
  [
    'too few counts',
    () => mergeRunningStats([one, other], [1]),
    'as many numbers as there are states, 2, got 1 of them',
  ],
  [
    'a negative count',
    () => mergeRunningStats([one, other], [1, -1]),
    'counts[1] must be a finite number that is not negative, got -1',
  ],
  ['a count that is no number', () => untyped([one, other], [1, '3']), 'counts[1] must be a finite number'],
  ['counts of 0', () => mergeRunningStats([one, other], [0, 0]), 'the sum of counts must be above 0, got 0'],
  [
    'relative counts of unbiased variances',
    () => mergeRunningStats([one, other], [0.5, 0.5], { varianceEstimate: 'unbiased' }),
    "counts[0] must be 0 or at least 1 with varianceEstimate 'unbiased', got 0.5",
  ],
  [
    'one value of unbiased variances',
    () => mergeRunningStats([one, other], [1, 0], { varianceEstimate: 'unbiased' }),
    'the sum of counts must be above 1, got 1',
  ],
  ['an unknown option', () => untyped([one], [1], { momentum: 1 }), "unknown option 'momentum'"],
  [
    'an unknown estimate',
    () => untyped([one], [1], { varianceEstimate: 'both' }),
    "varianceEstimate must be 'unbiased' or 'biased'",
  ],
])('%s are refused', (_, call, message) => {
  const error = refusalOf(call);
  expect(error).toBeInstanceOf(OptionError);
  expect(error.message).toContain('mergeRunningStats: ');
  expect(error.message).toContain(message);
});

test.each([
  ['without statistics', { weight: tf.ones([2]) }, 'must have a running_mean of float32 [2], got undefined'],
  ['of another size', stateOf([0], [1]), 'must have a running_mean of float32 [2], got float32 [1]'],
  [
    'of another dtype',
    { ...one, running_var: tf.ones([2], 'int32') },
    'must have a running_var of float32 [2], got int32 [2]',
  ],
  [
    'with a negative variance',
    stateOf([0, 0], [1, -2]),
    'has a running_var of -2 in channel 1; a variance is not negative',
  ],
  ['that is none', null, 'must have a running_mean of float32 [2], got undefined'],
])('a state %s is refused', (_, state, message) => {
  const error = refusalOf(() => untyped([one, state], [1, 1]));
  expect(error).toBeInstanceOf(StateDictError);
  expect(error.message).toBe(`mergeRunningStats: states[1] ${message}`);
});

test('a first state without statistics is refused', () => {
  expect(refusalOf(() => mergeRunningStats([{}], [1])).message).toBe(
    'mergeRunningStats: states[0] must have a running_mean of float32 [C], got undefined',
  );
});
