import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PopulationMoments } from '../src/statistics/populationMoments.js';
import { momentsByLoop } from './support/formulas.js';

/** Mean and biased variance of some values, by the formula. */
function momentsOf(values: number[]) {
  const assignment = { shape: [values.length], statistic: () => '', channel: () => 0, centered: true };
  return momentsByLoop(values, assignment).get('')!;
}

function merged(parts: number[][]): PopulationMoments {
  const population = new PopulationMoments(1);
  for (const part of parts) {
    const { mean, variance } = momentsOf(part);
    population.add([mean], [variance], part.length);
  }
  return population;
}

describe('moments merged from parts', () => {
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const parts = fc.array(fc.array(value, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 });

  test('are those of the whole', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(0, 1e6), (lists, offset) => {
        const shifted = lists.map((list) => list.map((number) => number + offset));
        const population = merged(shifted);
        const whole = momentsOf(shifted.flat());
        expect(population.count[0]).toBe(shifted.flat().length);
        expect(Math.abs(population.mean[0]! - whole.mean)).toBeLessThan(1e-8);
        expect(Math.abs(population.variance()[0]! - whole.variance)).toBeLessThan(1e-4);
      }),
    );
  });

  test('are kept per channel', () => {
    const population = new PopulationMoments(2);
    population.add([1, 10], [0, 4], 2);
    population.add([3, 10], [0, 4], 2);
    expect([...population.mean, ...population.variance()]).toEqual([2, 10, 1, 4]);
  });

  test('weigh each part by its count', () => {
    const population = new PopulationMoments(1);
    population.add([0], [0], 1);
    population.add([4], [0], 3);
    expect([population.mean[0], population.variance()[0]]).toEqual([3, 3]);
  });

  test('are not moved by a part without values', () => {
    const population = merged([[1, 3]]);
    population.add([0], [0], 0);
    expect([population.mean[0], population.variance()[0], population.count[0]]).toEqual([2, 1, 2]);
  });

  test('keep what is not a number in its channel', () => {
    const population = new PopulationMoments(2);
    population.add([Number.NaN, 1], [Number.NaN, 0], 2);
    population.add([0, 3], [0, 0], 2);
    expect([...population.mean, ...population.variance()]).toEqual([Number.NaN, 2, Number.NaN, 1]);
  });
});
