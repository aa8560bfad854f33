/** The reducer of a process that is alone. */
import type { Reducer } from './reducer.js';

/** A group of one, in which every sum is its own: for programs that run with a group and without. */
export const singleMember: Reducer = {
  rank: 0,
  size: 1,
  allReduceSum: () => {},
  allGather: (values) => [values.slice()],
};
