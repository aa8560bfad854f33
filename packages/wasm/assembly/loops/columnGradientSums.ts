/** sum(dy) and sum(dy * (x - center)) of every column, in float64. Reads dy and x once. */
import { addDoubles, clear, doublesBytes, floatsBytes, moveSums, repeat } from './arrays';
import { addColumns } from './columnSums';
import { FourRuns, OneRun, TwoRuns, WithDy } from './typeArguments';
import { DOUBLE, FLOAT } from './vector';
import { rowsPerWideRow } from './wideRows';

/** Additions of float32 sums before they are widened: few enough to keep float32's last bit. */
const CHUNK_ROWS: i32 = 64;
/**
 * The sums of wider rows fill so much of the nearest cache that it is best to go through them seldom: 4096x1024 takes 1.97 ms with
 * two streams, 1.61 with four.
 */
const WIDE: i32 = 512;

/**
 * Leaves the sums of each channel in these float64 arrays. dy and x are `rows` contiguous rows of `channels` floats; `together` is
 * what gradientRowsTogether says of x as a whole; `scratch` holds columnsScratchBytes, and begins with the centers of the channels.
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
  const sum = scratch + floatsBytes(width);
  const product = sum + floatsBytes(width);
  const stride = <usize>width * FLOAT;
  const streams = width > WIDE ? 4 : together;
  const part = wideRows / streams;
  const apart = <usize>part * stride;
  repeat(scratch, channels, perWideRow);
  clear(wideDy, 8, width);
  clear(wideDyX, 8, width);
  clear(sum, FLOAT, width);
  clear(product, FLOAT, width);
  let at = <usize>streams * apart;
  addColumns<WithDy, OneRun>(dy + at, x + at, wideRows - streams * part, 0, width, scratch, sum, product);
  // As one row that is not full.
  at = <usize>whole * <usize>channels * FLOAT;
  addColumns<WithDy, OneRun>(dy + at, x + at, 1, 0, (rows - whole) * channels, scratch, sum, product);
  for (let r: i32 = 0; r < part; r += CHUNK_ROWS) {
    at = <usize>r * stride;
    const n = min(CHUNK_ROWS, part - r);
    if (streams === 4) addColumns<WithDy, FourRuns>(dy + at, x + at, n, apart, width, scratch, sum, product);
    else addColumns<WithDy, TwoRuns>(dy + at, x + at, n, apart, width, scratch, sum, product);
    moveSums(sum, wideDy, width);
    moveSums(product, wideDyX, width);
  }
  if (part === 0) {
    moveSums(sum, wideDy, width);
    moveSums(product, wideDyX, width);
  }
  if (perWideRow === 1) return;
  fold(wideDy, channels, perWideRow, sumDy);
  fold(wideDyX, channels, perWideRow, sumDyX);
}

/** Adds the columns of each channel up. */
function fold(wide: usize, channels: i32, perWideRow: i32, sum: usize): void {
  memory.copy(sum, wide, <usize>channels * DOUBLE);
  for (let k: i32 = 1; k < perWideRow; k++) addDoubles(sum, wide + <usize>(k * channels) * DOUBLE, channels);
}
