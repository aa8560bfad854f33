/**
 * The element-wise passes over x as [rows, channels], of the factors that finish.ts has computed. Every kernel handles the wide
 * rows `from` to `to` (exclusive).
 */
import { Call } from '../../call';
import { inputGradientColumns, normalizeColumns } from '../../loops/columnElementwise';
import { FLOAT } from '../../loops/vector';
import { rowsPerWideRow, wideRowWidth } from '../../loops/wideRows';
import { columnFactors } from '../shared';

/** Wide rows, the last of which need not be full. */
export function acrossBatchColumnsWideRows(rows: i32, channels: i32): i32 {
  const perWideRow = rowsPerWideRow(channels);
  return (rows + perWideRow - 1) / perWideRow;
}

/** Floats of the wide rows `from` to `to` (exclusive). */
function lengthOf(call: Call, from: i32, to: i32): i32 {
  const perWideRow = rowsPerWideRow(call.channels);
  return (min(to * perWideRow, call.batch * call.outer) - from * perWideRow) * call.channels;
}

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function acrossBatchColumnsNormalize(call: Call, from: i32, to: i32): void {
  const width = wideRowWidth(call.channels);
  const at = <usize>from * <usize>width * FLOAT;
  normalizeColumns(call.y + at, call.x + at, lengthOf(call, from, to), width, columnFactors(call));
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function acrossBatchColumnsInputGradient(call: Call, from: i32, to: i32): void {
  const width = wideRowWidth(call.channels);
  const at = <usize>from * <usize>width * FLOAT;
  const length = lengthOf(call, from, to);
  inputGradientColumns(call.dx + at, call.dy + at, call.x + at, length, width, columnFactors(call));
}
