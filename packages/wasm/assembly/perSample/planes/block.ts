/**
 * Blocks of groups that are worked on together: all are read for their sums before the second pass over any of them. The processor
 * then reads for long and writes for long, which it does faster than in turn: group after group, forward and backward of
 * GroupNorm(32) take 8.3 ms in place of 7.5 at 32x64x56x56, and 1.66 in place of 1.48 at 8x256x28x28.
 *
 * Two float64 numbers of each group, its moments or its sums, are in scratch space from one pass to the next.
 */
import { Call } from '../../call';

/** Floats of a block at the most, if it is more than one group: 1 MiB. Half as many are slower by a twentieth, twice as many no faster. */
const BLOCK_FLOATS: i32 = 1 << 18;
/**
 * Smaller groups are worked on one by one: the nearest cache holds x and dy for the second pass. In blocks InstanceNorm of
 * 32x64x28x28 takes 1.4 ms in place of 1.1.
 */
const BLOCK_GROUP: i32 = 4096;
const MOST_GROUPS: i32 = BLOCK_FLOATS / BLOCK_GROUP;
/** Bytes of a group's numbers. */
const NUMBERS: usize = 16;

export function perSamplePlanesScratchBytes(): usize {
  return <usize>MOST_GROUPS * NUMBERS;
}

export function groupsPerBlock(call: Call): i32 {
  const length = (call.channels / call.groups) * call.inner;
  return length < BLOCK_GROUP ? 1 : max(1, BLOCK_FLOATS / length);
}

/** Where the numbers of a block's group are; `index` counts from the first one of the block. */
export function numbersOf(scratch: usize, index: i32): usize {
  return scratch + <usize>index * NUMBERS;
}
