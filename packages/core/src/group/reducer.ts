/** A group of processes as the statistics see it. */

/**
 * What the members of a group of processes compute together. All members must call the same functions in the same order; a
 * call returns when every member has made it. core only uses it; the transport is another package's (Open MPI: @bn/mpi).
 */
export interface Reducer {
  /** Number of this member, from 0. */
  readonly rank: number;
  /** Number of members. */
  readonly size: number;
  /** Sums element by element over the members, in place: the same length in, the same bits out on every member. Blocks. */
  allReduceSum(values: Float64Array): void;
  /** The values of every member in the order of the ranks, own ones included. Members may give different lengths. Blocks. */
  allGather(values: Float64Array): Float64Array[];
}
