/** sum(dy) and sum(dy * (x - center)) of every column, in float64. Reads dy and x once. */
import { addDoubles, clear, doublesBytes, floatsBytes, repeat, widen } from './arrays';
import { addColumns } from './columnSums';
import { FLOAT } from './vector';
import { rowsPerWideRow } from './wideRows';

/** Rows that float32 sums take in before they are widened: few enough to keep float32's last bit. */
const CHUNK_ROWS: i32 = 128;

/**
 * Leaves the sums of each channel in these float64 arrays. dy and x are `rows` contiguous rows of `channels` floats; `together` is
 * that of addColumns; `scratch` holds columnsScratchBytes, and begins with the centers of the channels.
 */
export function columnGradientSums(
  dy: usize,
  x: usize,
  rows: i32,
  channels: i32,
  sumDy: usize,
  sumDyX: usize,
  together: i32,
  scratch: usize,
): void {
  const perWideRow = rowsPerWideRow(channels);
  const wideRows = rows / perWideRow;
  const whole = wideRows * perWideRow;
  const width = channels * perWideRow;
  const wideDy = perWideRow === 1 ? sumDy : scratch + 3 * floatsBytes(width);
  const wideDyX = perWideRow === 1 ? sumDyX : wideDy + doublesBytes(width);
  repeat(scratch, channels, perWideRow);
  clear(wideDy, 8, width);
  clear(wideDyX, 8, width);
  for (let r: i32 = 0; r < wideRows; r += CHUNK_ROWS) {
    const start = <usize>r * <usize>width * FLOAT;
    addChunk(
      dy + start,
      x + start,
      min(CHUNK_ROWS, wideRows - r),
      width,
      width,
      wideDy,
      wideDyX,
      together,
      scratch,
    );
  }
  if (whole < rows) {
    const start = <usize>whole * <usize>channels * FLOAT;
    // As one row that is not full.
    addChunk(dy + start, x + start, 1, (rows - whole) * channels, width, wideDy, wideDyX, together, scratch);
  }
  if (perWideRow === 1) return;
  fold(wideDy, channels, perWideRow, sumDy);
  fold(wideDyX, channels, perWideRow, sumDyX);
}

/** @param width Columns of a wide row; of a chunk's rows the first `length` are there. */
function addChunk(
  dy: usize,
  x: usize,
  rows: i32,
  length: i32,
  width: i32,
  sumDy: usize,
  sumDyX: usize,
  together: i32,
  scratch: usize,
): void {
  const sum = scratch + floatsBytes(width);
  const product = sum + floatsBytes(width);
  clear(sum, FLOAT, length);
  clear(product, FLOAT, length);
  addColumns<usize>(dy, x, rows, length, together, scratch, sum, product);
  widen(sum, sumDy, length);
  widen(product, sumDyX, length);
}

/** Adds the columns of each channel up. */
function fold(wide: usize, channels: i32, perWideRow: i32, sum: usize): void {
  memory.copy(sum, wide, <usize>channels * 8);
  for (let k: i32 = 1; k < perWideRow; k++) addDoubles(sum, wide + <usize>(k * channels) * 8, channels);
}
