/** Arrays of float32 and float64 in scratch space: one entry for each channel, or for each column of a wide row. */
import { DOUBLE, FLOAT } from './vector';

/**
 * Bytes from one float32 array to the next: whole vectors, and some odd cache lines that keep arrays, and rows of a power of
 * two, from falling into the same sets of the cache.
 */
export function floatsBytes(width: i32): usize {
  return <usize>(((width + 3) & ~3) * 4 + 320);
}

/** The same for float64. */
export function doublesBytes(width: i32): usize {
  return 2 * floatsBytes(width);
}

export function clear(array: usize, bytesPerEntry: usize, width: i32): void {
  memory.fill(array, 0, <usize>((width + 3) & ~3) * bytesPerEntry);
}

/** Adds float32 sums to float64 sums, and leaves them at 0. */
export function moveSums(sum: usize, total: usize, width: i32): void {
  for (let j: i32 = 0; j < width; j += 2) {
    const at = total + <usize>j * DOUBLE;
    const from = sum + <usize>j * FLOAT;
    v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v128.load64_zero(from))));
    store<u64>(from, 0);
  }
}

/** total[j] += other[j], in float64. */
export function addDoubles(total: usize, other: usize, width: i32): void {
  for (let j: i32 = 0; j < width; j += 2) {
    const at = <usize>j * DOUBLE;
    v128.store(total + at, f64x2.add(v128.load(total + at), v128.load(other + at)));
  }
}

/** Repeats the first `width` floats, so that there are `times` copies of them. */
export function repeat(array: usize, width: i32, times: i32): void {
  const bytes = <usize>width * FLOAT;
  for (let k: i32 = 1; k < times; k++) memory.copy(array + <usize>k * bytes, array, bytes);
}
