/** Medians and their intervals, beside what tables and simulations say. */

import { median } from '@bn/tooling/median';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediansByProcess, processOf } from '../src/measuring/processes.js';
import {
  geometricMean,
  medianInterval,
  middleSpread,
  overlap,
  pairedRatios,
} from '../src/measuring/statistics.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
const timings = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 2, maxLength: 40 });

it('takes half and double as equally far from one', () => {
  expect(geometricMean([0.5, 2])).toBe(1);
  expect(geometricMean([4, 1, 2])).toBeCloseTo(2, 12);
});

describe('the rounds of a figure', () => {
  it.each([
    [6, 3, [0, 0, 1, 1, 2, 2]],
    [7, 3, [0, 0, 0, 1, 1, 2, 2]],
    [2, 3, [0, 1]],
    [4, 1, [0, 0, 0, 0]],
  ])('%i of them are shared by %i processes as %j', (rounds, processes, expected) => {
    expect(upTo(rounds).map((round) => processOf(round - 1, { rounds, processes }))).toEqual(expected);
  });

  it('have a median for each process that measured any', () => {
    const shares = { rounds: 6, processes: 3 };
    expect(mediansByProcess([1, 3, null, 8, null, null], shares)).toEqual([2, 8]);
  });
});

describe('the interval of a median', () => {
  // Ranks and confidence of the sign test, as in Conover, "Practical nonparametric statistics", table A3.
  it.each([
    [6, 1, 6, 0.96875],
    [8, 1, 8, 0.9921875],
    [9, 2, 8, 0.9609375],
    [12, 3, 10, 0.961426],
    [15, 4, 12, 0.964844],
    [20, 6, 15, 0.958611],
  ])('goes from rank to rank for %i values', (n, low, high, confidence) => {
    const interval = medianInterval(upTo(n))!;
    expect([interval.low, interval.high]).toEqual([low, high]);
    expect(interval.confidence).toBeCloseTo(confidence, 5);
  });

  it('says how little it knows of a few values', () => {
    expect(medianInterval([1])).toBeUndefined();
    expect(medianInterval([2, 1])).toEqual({ low: 1, high: 2, confidence: 0.5 });
    expect(medianInterval([1, 2, 3, 4, 5])).toEqual({ low: 1, high: 5, confidence: 0.9375 });
  });

  it('holds the median of the sample', () => {
    fc.assert(
      fc.property(timings, (values) => {
        const { low, high } = medianInterval(values)!;
        return low <= median(values) && median(values) <= high;
      }),
    );
  });

  it('scales with the values', () => {
    fc.assert(
      fc.property(timings, (values) => {
        const { low, high } = medianInterval(values)!;
        const scaled = medianInterval(values.map((value) => 2 * value))!;
        return scaled.low === 2 * low && scaled.high === 2 * high;
      }),
    );
  });

  it('holds the median of a skewed population as often as it says', () => {
    const uniform = generator(1);
    const trials = 4000;
    for (const n of [6, 9, 12]) {
      let held = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { low, high } = medianInterval(upTo(n).map(() => -Math.log(1 - uniform())))!;
        if (low <= Math.LN2 && Math.LN2 <= high) held++;
      }
      const { confidence } = medianInterval(upTo(n))!;
      // Four standard errors of the simulation.
      expect(Math.abs(held / trials - confidence)).toBeLessThan(
        4 * Math.sqrt((confidence * (1 - confidence)) / trials),
      );
    }
  });
});

it.each([
  [[1, 2, 3, 4, 5, 6], 3 / 3.5],
  [[5, 4, 3, 2, 1], 2 / 3],
  [[1, 1, 1, 1, 1, 9], 0],
  [[3, 1], 1],
  [[7], 0],
])('the middle half of %j is %f of the median wide', (values, expected) => {
  expect(middleSpread(values)).toBeCloseTo(expected, 12);
});

it('pairs rounds, so that what slows both down cancels', () => {
  const drift = [1, 2, 4];
  expect(
    pairedRatios(
      drift.map((factor) => 6 * factor),
      drift.map((factor) => 2 * factor),
    ),
  ).toEqual([3, 3, 3]);
});

it('leaves rounds out that one of both lacks', () => {
  expect(pairedRatios([6, null, 8], [2, 2])).toEqual([3]);
});

it('tells intervals that touch from those that do not', () => {
  const interval = (low: number, high: number) => ({ low, high, confidence: 0.95 });
  expect(overlap(interval(1, 2), interval(2, 3))).toBe(true);
  expect(overlap(interval(3, 4), interval(1, 2))).toBe(false);
});

/** Uniform in [0, 1), the same for the same seed: Park and Miller's minimal standard. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
