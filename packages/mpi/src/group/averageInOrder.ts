/** The mean of float32 vectors over the members, the same bits on each. */
import type { Mpi } from '../library/mpi.js';

/** Values per round of messages: 16 MiB, so that a large model needs little memory beside its gradients. */
const valuesPerRound = 1 << 22;

/** The group as this sees it. */
export interface Members {
  readonly mpi: Pick<Mpi, 'allToAll' | 'allGatherVariable'>;
  readonly rank: number;
  readonly size: number;
}

/**
 * Replaces `values` by their mean over the members, of equally many values each.
 *
 * Each member gets one part of the vector of all members, adds it up in float64 in the order of the ranks, and sends the mean to
 * all: 2 (size - 1) / size times the vector leaves and reaches each member, as in the best algorithms of MPI_Allreduce, but who
 * adds what, and in which order, is not left to the library.
 */
export function averageInOrder(values: Float32Array, members: Members): void {
  for (let start = 0; start < values.length; start += valuesPerRound) {
    averageRound(values.subarray(start, start + valuesPerRound), members);
  }
}

function averageRound(values: Float32Array, { mpi, rank, size }: Members): void {
  const counts = shardSizes(values.length, size);
  const own = counts[rank]!;
  const parts = new Float32Array(own * size);
  mpi.allToAll(values, counts, parts, new Int32Array(size).fill(own));
  const mean = new Float32Array(own);
  for (let index = 0; index < own; index++) {
    let sum = 0;
    for (let member = 0; member < size; member++) sum += parts[member * own + index]!;
    mean[index] = sum / size;
  }
  mpi.allGatherVariable(mean, values, counts);
}

/** How many of `total` fall to each member: as equal as possible, the first ones get one more. */
export function shardSizes(total: number, size: number): Int32Array {
  const smallest = Math.floor(total / size);
  const larger = total - smallest * size;
  return Int32Array.from({ length: size }, (_, rank) => smallest + (rank < larger ? 1 : 0));
}
