import { expect, test } from 'vitest';
import { maximumSeed, randomStreams } from '../src/random.js';

const draw = (seed: number) => {
  const { initialization, shuffling } = randomStreams(seed);
  return {
    weights: Array.from({ length: 5 }, () => initialization.uniform(-1, 1)),
    order: shuffling.permutation(50),
  };
};

test('the same seed gives the same numbers', () => {
  expect(draw(7)).toEqual(draw(7));
});

test('another seed gives others, up to the largest', () => {
  const orders = [0, 1, 2 ** 31, maximumSeed].map((seed) => draw(seed).order.join());
  expect(new Set(orders).size).toBe(4);
});

test('a permutation holds each index once', () => {
  const order = [...randomStreams(0).shuffling.permutation(1000)];
  expect(order.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});

test('the second permutation differs from the first', () => {
  const { shuffling } = randomStreams(0);
  expect(shuffling.permutation(100)).not.toEqual(shuffling.permutation(100));
});

test('uniform numbers fill their range', () => {
  const { initialization } = randomStreams(0);
  const values = Array.from({ length: 10_000 }, () => initialization.uniform(-2, 4));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...values)).toBeLessThan(4);
  expect(mean).toBeCloseTo(1, 1);
});

test('initial weights do not depend on the order of images, nor the other way round', () => {
  const used = randomStreams(3);
  used.initialization.uniform(0, 1);
  expect(used.shuffling.permutation(20)).toEqual(randomStreams(3).shuffling.permutation(20));
});
