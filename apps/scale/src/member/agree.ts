import type { MpiGroup } from '@bn/mpi';

/** As many repetitions on each rank as rank 0 suggests. */
export const agreeIn =
  ({ reducer }: MpiGroup) =>
  (count: number): number =>
    reducer.allGather(Float64Array.of(count))[0]![0]!;
