import { expect, test } from 'vitest';
import { timeLeft } from '../src/cli/timeLeft.js';

test.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [61, '2 min'],
  [3540, '59 min'],
  [3600, '1 h 0 min'],
  [9000, '2 h 30 min'],
  [Number.NaN, '-'],
  [Number.POSITIVE_INFINITY, '-'],
])('%d seconds are %s', (seconds, text) => {
  expect(timeLeft(seconds)).toBe(text);
});
