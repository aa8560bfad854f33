/** What moved between two results, and what is noise. */
import { expect, it } from 'vitest';
import { comparisonAsText } from '../src/report/comparison.js';
import { agreement, compareResults } from '../src/results/compare.js';
import { machine, ours, resultOf } from './support.js';

const before = resultOf([1, 1.1, 1.2, 1.1, 1, 1.2], [10, 11, 12, 11, 10, 12]);
const noisy = resultOf([1.1, 1.2, 1.3, 1.2, 1.1, 1.3], [11, 12, 13, 12, 11, 13]);
const slower = resultOf([2, 2.2, 2.4, 2.2, 2, 2.4], [10, 11, 12, 11, 10, 12]);

it('takes intervals that overlap for noise', () => {
  const { times, ratios } = compareResults(before, noisy);
  expect(times.map(({ verdict }) => verdict)).toEqual(['same', 'same']);
  expect(ratios.map(({ verdict }) => verdict)).toEqual(['same']);
  expect(agreement(times)).toBe(1);
});

it('finds what moved, in times and in ratios', () => {
  const { times, ratios } = compareResults(before, slower);
  expect(times.map(({ contender, verdict }) => [contender.id === ours.id, verdict])).toEqual([
    [true, 'moved'],
    [false, 'same'],
  ]);
  expect(ratios).toMatchObject([{ before: 10, after: 5, verdict: 'moved' }]);
  expect(agreement(times)).toBe(0.5);
});

it('does not judge by few rounds', () => {
  const { times } = compareResults(resultOf([1, 1], [2, 2]), resultOf([5, 5], [6, 6]));
  expect(times.map(({ verdict }) => verdict)).toEqual(['unsure', 'unsure']);
  expect(agreement(times)).toBeNaN();
});

it('says in words what moved, by how much, and what part agrees', () => {
  const text = comparisonAsText(compareResults(before, slower));
  expect(text).toMatch(
    /BatchNorm forward \+ backward 256x6x24x24 channels first, @bn, wasm +1\.10 +2\.20 +\+100%/,
  );
  expect(text).toContain('times: 50% of 2 agree within their intervals');
  expect(text).not.toContain('Not measured on the same');
});

it('says which figures one of both lacks, and how the machines differ', () => {
  const other = { ...before, rows: [], machine: { ...machine(), cores: 64 } };
  const text = comparisonAsText(compareResults(before, other));
  expect(text).toContain('cores: 2 and 64');
  expect(text).toContain('2 figures are in the first only, 0 in the second only');
});
