/** y[b][o][k][...] = x[b][o][indices[b][k]][...]. Reads and writes what it gathers once. */
import { copyTo, FLOAT, INT } from '../vector';

/** The first of these int32 that is none of 0 to size - 1; `count` if all are. */
export function findOutside(indices: usize, count: i32, size: i32): i32 {
  for (let i: i32 = 0; i < count; ++i) {
    if (load<u32>(indices + (i as usize) * INT) >= (size as u32)) return i;
  }
  return count;
}

/** x is [batches, outer, size, slice], indices [batches, rows] int32, y [batches, outer, rows, slice]; a slice has so many bytes. */
@unmanaged
export class Gathering {
  x: usize;
  indices: usize;
  y: usize;
  outer: i32;
  size: i32;
  rows: i32;
  bytes: usize;
}

/** Its items are the slices of y. */
export function gather(call: Gathering, from: i32, to: i32): void {
  const rows = call.rows;
  const bytes = call.bytes;
  const floats = bytes % FLOAT === 0 ? ((bytes / FLOAT) as i32) : 0;
  for (let item = from; item < to; ++item) {
    const matrix = item / rows;
    const k = item - matrix * rows;
    const at = ((matrix / call.outer) * rows + k) as usize;
    const index = load<i32>(call.indices + at * INT);
    const source = call.x + ((matrix * call.size + index) as usize) * bytes;
    const result = call.y + (item as usize) * bytes;
    if (floats > 0) copyTo(result, source, floats);
    else memory.copy(result, source, bytes);
  }
}
