import { copyTo, FLOAT } from './vector';

/** The first of these int32 that is none of 0 to size - 1; `count` if all are. */
export function findOutside(indices: usize, count: i32, size: i32): i32 {
  for (let i: i32 = 0; i < count; ++i) {
    if (load<u32>(indices + (i as usize) * 4) >= (size as u32)) return i;
  }
  return count;
}

/**
 * y[b][o][k][...] = x[b][o][indices[b][k]][...]
 *
 * x is [batches, outer, size, slice], indices [batches, rows] int32, y [batches, outer, rows, slice]; a slice has so many bytes.
 * Reads and writes what it gathers once. Its items are the slices of y.
 */
export function gather(
  x: usize,
  indices: usize,
  y: usize,
  outer: i32,
  size: i32,
  rows: i32,
  bytes: usize,
  from: i32,
  to: i32,
  _scratch: usize,
): void {
  const floats = bytes % FLOAT === 0 ? ((bytes / FLOAT) as i32) : 0;
  for (let item = from; item < to; ++item) {
    const matrix = item / rows;
    const k = item - matrix * rows;
    const at = ((matrix / outer) * rows + k) as usize;
    const index = load<i32>(indices + at * 4);
    const source = x + ((matrix * size + index) as usize) * bytes;
    const result = y + (item as usize) * bytes;
    if (floats > 0) copyTo(result, source, floats);
    else memory.copy(result, source, bytes);
  }
}
