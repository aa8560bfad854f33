/** The reducer of @bn/core over MPI. */
import type { Reducer } from '@bn/core';
import type { Exchange } from './exchange.js';

/**
 * Sums are added up in the order of the ranks by every member from the same values, so that all hold the same bits. MPI_Allreduce
 * only recommends that to those who write it. One round trip a call, of `size` times the values.
 */
export class MpiReducer implements Reducer {
  readonly rank: number;
  readonly size: number;

  /** @param exchange asked for at each call: it throws once the group has been left */
  constructor(
    private readonly exchange: () => Exchange,
    { rank, size }: { readonly rank: number; readonly size: number },
  ) {
    this.rank = rank;
    this.size = size;
  }

  /** @throws ReducerError on every member if they give different lengths. */
  allReduceSum(values: Float64Array): void {
    this.exchange().sum('allReduceSum', values);
  }

  allGather(values: Float64Array): Float64Array[] {
    return this.exchange().gather('allGather', values);
  }
}
