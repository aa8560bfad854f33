/** The mean of float32 vectors over the members, the same bits on each. */
import type { Mpi } from '../library/mpi.js';

/** Values per round of messages: 16 MiB, so that a large model needs little memory beside its gradients. */
const valuesPerRound = 1 << 22;

/** The group as this sees it. */
export interface Members {
  readonly mpi: Pick<Mpi, 'allToAll' | 'allGatherVariable' | 'sendReceive'>;
  readonly rank: number;
  readonly size: number;
}

/**
 * The mean over the members, added up in float64 in the order of the ranks. Each member gets one part of the vector of all members,
 * adds it up, and sends the mean to all: 2 (size - 1) / size times the vector leaves and reaches each member, as in the best
 * algorithms of MPI_Allreduce, but who adds what, and in which order, is not left to the library. Two members give each other the
 * whole vector, which is as many bytes in one message instead of two, and both add it up.
 */
export class AverageInOrder {
  /** Of one round; kept, since fresh memory costs more than the additions. */
  #parts = new Float32Array();

  constructor(private readonly members: Members) {}

  /** Replaces `values` by their mean over the members, of equally many values each. */
  average(values: Float32Array): void {
    const { size } = this.members;
    for (let start = 0; start < values.length; start += valuesPerRound) {
      const round = values.subarray(start, start + valuesPerRound);
      if (size === 2) this.#averageWithPartner(round);
      else this.#averageParts(round);
    }
  }

  #averageWithPartner(values: Float32Array): void {
    const { mpi, rank } = this.members;
    const others = this.#partsOf(values.length).subarray(0, values.length);
    mpi.sendReceive(values, others, 1 - rank);
    if (rank === 0) averagePair(values, others, values);
    else averagePair(others, values, values);
  }

  #averageParts(values: Float32Array): void {
    const { mpi, rank, size } = this.members;
    const counts = shardSizes(values.length, size);
    const own = counts[rank]!;
    const parts = this.#partsOf(own * size);
    mpi.allToAll(values, counts, parts, new Int32Array(size).fill(own));
    averageParts(parts, own, size);
    mpi.allGatherVariable(parts.subarray(0, own), values, counts);
  }

  /** Memory for at least so many values. */
  #partsOf(length: number): Float32Array {
    if (this.#parts.length < length) this.#parts = new Float32Array(length);
    return this.#parts;
  }
}

/** Leaves the mean of `size` parts of `length` values, which lie one after the other, in the place of the first. */
function averageParts(parts: Float32Array, length: number, size: number): void {
  for (let index = 0; index < length; index++) {
    let sum = 0;
    for (let member = 0; member < size; member++) sum += parts[member * length + index]!;
    parts[index] = sum / size;
  }
}

/** As `averageParts` of two: the same bits, so from 0 on (two -0 give 0), without an inner loop in half the time or less. */
function averagePair(first: Float32Array, second: Float32Array, mean: Float32Array): void {
  for (let index = 0; index < mean.length; index++) mean[index] = (0 + first[index]! + second[index]!) / 2;
}

/** How many of `total` fall to each member: as equal as possible, the first ones get one more. */
export function shardSizes(total: number, size: number): Int32Array {
  const smallest = Math.floor(total / size);
  const larger = total - smallest * size;
  return Int32Array.from({ length: size }, (_, rank) => smallest + (rank < larger ? 1 : 0));
}
