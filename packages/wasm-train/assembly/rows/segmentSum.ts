/**
 * sums[m][s][c] = sum over the rows r with ids[m / matricesPerIds][r] = s of x[m][r][c]
 *
 * A row whose id is none of 0 to segments - 1 counts nowhere. Reads x once, adds each row to its sum.
 */
import { addTo, FLOAT, INT } from '../vector';

/** Floats of a strip of columns: two cache lines, so that no two threads write to the same one. */
const STRIP: i32 = 32;

/** Items of the kernels here: strips of columns of each matrix. */
export function segmentSumItems(matrices: i32, columns: i32): i32 {
  return matrices * ((columns + STRIP - 1) / STRIP);
}

/** x is [matrices, rows, columns], sums [matrices, segments, columns], ids [matrices / matricesPerIds, rows] int32. */
@unmanaged
export class SegmentSum {
  x: usize;
  ids: usize;
  sums: usize;
  rows: i32;
  columns: i32;
  segments: i32;
  matricesPerIds: i32;
  /** 1 if x and sums are int32, 0 if they are float32. */
  isInteger: i32;
}

/** Its items are strips of columns. */
export function segmentSum(call: SegmentSum, from: i32, to: i32): void {
  const columns = call.columns;
  const segments = call.segments;
  const strips = (columns + STRIP - 1) / STRIP;
  const rowBytes = (columns as usize) * FLOAT;
  for (let item = from; item < to; ++item) {
    const matrix = item / strips;
    const column = (item % strips) * STRIP;
    const width = min(STRIP, columns - column);
    const at = (column as usize) * FLOAT;
    const sum = call.sums + (matrix as usize) * (segments as usize) * rowBytes + at;
    let row = call.x + (matrix as usize) * (call.rows as usize) * rowBytes + at;
    let id = call.ids + ((matrix / call.matricesPerIds) as usize) * (call.rows as usize) * INT;
    for (let s: i32 = 0; s < segments; ++s) {
      memory.fill(sum + (s as usize) * rowBytes, 0, (width as usize) * FLOAT);
    }
    for (let r: i32 = 0; r < call.rows; ++r) {
      const segment = load<i32>(id);
      if (segment >= 0 && segment < segments) {
        const to = sum + (segment as usize) * rowBytes;
        if (call.isInteger) addIntegers(to, row, width);
        else addTo(to, row, width);
      }
      row += rowBytes;
      id += INT;
    }
  }
}

/** destination[0..count) += source[0..count), int32 */
function addIntegers(destination: usize, source: usize, count: i32): void {
  for (let i: i32 = 0; i < count; ++i) {
    store<i32>(destination, load<i32>(destination) + load<i32>(source));
    destination += INT;
    source += INT;
  }
}
