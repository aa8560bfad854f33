/**
 * The element-wise passes over x as [rows, channels], of the factors that finish.ts has computed. Every kernel handles the wide
 * rows `from` to `to` (exclusive).
 */
import { Call } from '../../call';
import { inputGradient, normalize } from '../../loops/elementwise';
import { FLOAT } from '../../loops/vector';
import { rowsPerWideRow, wideRowWidth } from '../../loops/wideRows';
import { CENTER, CONSTANT, DY_FACTOR, factors, OFFSET, SCALE, X_FACTOR } from '../shared';

/** Wide rows, the last of which need not be full. */
export function acrossBatchColumnsWideRows(rows: i32, channels: i32): i32 {
  const perWideRow = rowsPerWideRow(channels);
  return (rows + perWideRow - 1) / perWideRow;
}

/** Floats of wide row r. */
function lengthOf(call: Call, r: i32): i32 {
  const perWideRow = rowsPerWideRow(call.channels);
  return min(perWideRow, call.batch * call.outer - r * perWideRow) * call.channels;
}

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function acrossBatchColumnsNormalize(call: Call, from: i32, to: i32): void {
  const center = factors(call, CENTER);
  const scale = factors(call, SCALE);
  const offset = factors(call, OFFSET);
  const bytes = <usize>wideRowWidth(call.channels) * FLOAT;
  for (let r = from; r < to; r++) {
    const at = <usize>r * bytes;
    normalize<usize>(call.y + at, call.x + at, lengthOf(call, r), center, scale, offset);
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function acrossBatchColumnsInputGradient(call: Call, from: i32, to: i32): void {
  const center = factors(call, CENTER);
  const dyFactor = factors(call, DY_FACTOR);
  const xFactor = factors(call, X_FACTOR);
  const constant = factors(call, CONSTANT);
  const bytes = <usize>wideRowWidth(call.channels) * FLOAT;
  for (let r = from; r < to; r++) {
    const at = <usize>r * bytes;
    const length = lengthOf(call, r);
    inputGradient<usize>(
      call.dx + at,
      call.dy + at,
      call.x + at,
      length,
      center,
      dyFactor,
      xFactor,
      constant,
    );
  }
}
