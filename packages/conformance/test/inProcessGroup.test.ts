import type { Reducer } from '@bn/core';
import { describe, expect, test } from 'vitest';
import { inProcessGroup, inProcessOutcomes } from '../src/index.js';

const sum = (reducer: Reducer, ...values: number[]) => {
  const sums = Float64Array.from(values);
  reducer.allReduceSum(sums);
  return [...sums];
};

describe('a group in one thread', () => {
  test('adds up what its members contribute, in each of them', async () => {
    const sums = await inProcessGroup(3, (reducer) => sum(reducer, reducer.rank, 10 * reducer.rank));
    expect(sums).toEqual([
      [3, 30],
      [3, 30],
      [3, 30],
    ]);
  });

  test('gathers values of different lengths in the order of the ranks', async () => {
    const gathered = await inProcessGroup(3, (reducer) =>
      reducer.allGather(new Float64Array(reducer.rank).fill(reducer.rank)).map((values) => [...values]),
    );
    for (const parts of gathered) expect(parts).toEqual([[], [1], [2, 2]]);
  });

  test('lets a call depend on the results of those before it', async () => {
    const results = await inProcessGroup(4, async (reducer) => {
      let value = reducer.rank + 1;
      for (let i = 0; i < 5; i++) {
        value = sum(reducer, value)[0]! / 2 + reducer.rank;
        await Promise.resolve();
      }
      return value;
    });
    // The same by hand, all members side by side.
    let values = [1, 2, 3, 4];
    for (let i = 0; i < 5; i++) {
      const half = values.reduce((a, b) => a + b) / 2;
      values = values.map((_, rank) => half + rank);
    }
    expect(results).toEqual(values);
  });

  test('knows its members', async () => {
    const members = await inProcessGroup(2, ({ rank, size }) => [rank, size]);
    expect(members).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test('throws what a member throws', async () => {
    const failing = inProcessGroup(2, (reducer) => {
      sum(reducer, 1);
      throw new RangeError(`no more of rank ${reducer.rank}`);
    });
    await expect(failing).rejects.toThrow('no more of rank 0');
  });

  test('gives the error of each member', async () => {
    const outcomes = await inProcessOutcomes(2, ({ rank }) => {
      if (rank === 1) throw new RangeError('rank 1');
      return 'fine';
    });
    expect(outcomes).toEqual([{ value: 'fine' }, { error: new RangeError('rank 1') }]);
  });

  test('refuses a call that not all of its members make', async () => {
    const waiting = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 0) sum(reducer, 1, 2);
    });
    await expect(waiting).rejects.toThrow(
      'do not meet in call 0: rank 0: allReduceSum of 2 values; rank 1: returned',
    );
  });

  test('tells why a member does not come', async () => {
    const waiting = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 1) throw new RangeError('out of range');
      reducer.allGather(new Float64Array(1));
    });
    await expect(waiting).rejects.toThrow('rank 0: allGather; rank 1: threw RangeError: out of range');
  });

  test('refuses sums of different lengths, and different calls', async () => {
    const lengths = inProcessGroup(2, (reducer) =>
      sum(reducer, ...new Array<number>(1 + reducer.rank).fill(1)),
    );
    await expect(lengths).rejects.toThrow(
      'rank 0: allReduceSum of 1 values; rank 1: allReduceSum of 2 values',
    );
    const kinds = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 0) sum(reducer, 1);
      else reducer.allGather(new Float64Array(1));
    });
    await expect(kinds).rejects.toThrow('rank 0: allReduceSum of 1 values; rank 1: allGather');
  });

  test('refuses a member that never does the same twice', async () => {
    const random = inProcessGroup(1, (reducer) => sum(reducer, Math.random()));
    await expect(random).rejects.toThrow('a member must do the same each time');
  });
});
