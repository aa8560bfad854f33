/** Groups of which this process is the only real member. */
import type { Reducer } from '../../src/index.js';

/** A reducer that counts the calls made of it. */
export interface CountingReducer extends Reducer {
  readonly calls: string[];
}

/** Rank 0 of a group whose other members hold what this one holds. */
export function mirrored(size: number): CountingReducer {
  return groupWith(size, (own) => own);
}

/** Rank 0 of a group whose other members contribute to gathers what `others` makes of the own part, and nothing to sums. */
export function groupOfOthers(
  others: (own: Float64Array, rank: number) => Float64Array,
  size = 2,
): CountingReducer {
  return groupWith(size, others, false);
}

function groupWith(
  size: number,
  others: (own: Float64Array, rank: number) => Float64Array,
  addsUp = true,
): CountingReducer {
  const calls: string[] = [];
  return {
    calls,
    rank: 0,
    size,
    allReduceSum(values) {
      calls.push('allReduceSum');
      if (addsUp) values.set(values.map((value) => value * size));
    },
    allGather(values) {
      calls.push('allGather');
      return Array.from({ length: size }, (_, rank) =>
        rank === 0 ? values.slice() : others(values.slice(), rank),
      );
    },
  };
}

/** A reducer that must not be called. */
export const silent: Reducer = {
  rank: 0,
  size: 2,
  allReduceSum: () => {
    throw new Error('allReduceSum was called');
  },
  allGather: () => {
    throw new Error('allGather was called');
  },
};
