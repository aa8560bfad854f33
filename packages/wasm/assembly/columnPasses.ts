/**
 * The passes over one tile of columns: rows [rows, channels] of x, columns `c` to `c + width`. What a column is centered
 * on and scaled by stands in the tile's float32 arrays (filled by the caller for the first `width` entries); float64 sums
 * are left in its float64 arrays.
 */
import { storeFloat } from './coefficients';
import { inputGradientColumns, normalizeColumns } from './columnMaps';
import { addGradientColumns } from './columnSums';
import { CHUNK_ROWS, clear, doubles, floats, fold, repeat, replicasOf, widen } from './columnTile';
import { FLOAT } from './vector';

/**
 * The element-wise loops take blocks of so many wide rows, the last block first: the rows that the sums read last are
 * still in the cache (4096x1024 is a tenth faster than front to back; row by row in reverse is slower than either).
 */
const BLOCK_ROWS: i32 = 128;
/** What the float32 arrays hold in the element-wise loops. */
export const CENTER: usize = 0;
export const SCALE: usize = 1;
export const OFFSET: usize = 2;
const DY_FACTOR: usize = 1;
const X_FACTOR: usize = 2;
const CONSTANT: usize = 3;
/** What the arrays hold in the gradient sums. */
const CHUNK_DY: usize = 1;
const CHUNK_DYX: usize = 2;
export const SUM_DY: usize = 0;
export const SUM_DYX: usize = 1;

/** Repeats the first `width` entries of each of the tile's float32 arrays, as wide rows want their factors. */
export function repeatFactors(channels: i32, width: i32): void {
  const replicas = replicasOf(channels);
  for (let array: usize = 0; array < 4; array++) repeat(floats(array), width, replicas);
}

/** Applies repeated factors to a tile, in wide rows and what is left of one. */
export function normalizeTile(x: usize, y: usize, rows: i32, channels: i32, c: i32, width: i32): void {
  const replicas = replicasOf(channels);
  const wideRows = rows / replicas;
  const stride = <usize>channels * FLOAT;
  const left = rows - wideRows * replicas;
  const first = <usize>c * FLOAT;
  const last = first + <usize>(wideRows * replicas) * stride;
  const wide = width * replicas;
  for (let end = wideRows; end > 0; end -= BLOCK_ROWS) {
    const start = max(0, end - BLOCK_ROWS);
    const at = first + <usize>start * stride * replicas;
    normalizeColumns(
      y + at,
      x + at,
      end - start,
      stride * replicas,
      wide,
      floats(CENTER),
      floats(SCALE),
      floats(OFFSET),
    );
  }
  if (left > 0) {
    normalizeColumns(
      y + last,
      x + last,
      1,
      stride,
      width * left,
      floats(CENTER),
      floats(SCALE),
      floats(OFFSET),
    );
  }
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of a tile's columns in the float64 arrays. */
export function addGradientTile(dy: usize, x: usize, rows: i32, channels: i32, c: i32, width: i32): void {
  const replicas = replicasOf(channels);
  const wide = width * replicas;
  const wideRows = rows / replicas;
  const left = rows - wideRows * replicas;
  const stride = <usize>channels * FLOAT;
  repeat(floats(CENTER), width, replicas);
  clear(doubles(SUM_DY), 8, wide);
  clear(doubles(SUM_DYX), 8, wide);
  for (let r: i32 = 0; r < wideRows; r += CHUNK_ROWS) {
    const start = <usize>c * FLOAT + <usize>(r * replicas) * stride;
    addChunk(dy + start, x + start, min(CHUNK_ROWS, wideRows - r), stride * replicas, wide);
  }
  if (left > 0) {
    const start = <usize>c * FLOAT + <usize>(wideRows * replicas) * stride;
    addChunk(dy + start, x + start, 1, stride, width * left);
  }
  fold(doubles(SUM_DY), width, replicas);
  fold(doubles(SUM_DYX), width, replicas);
}

function addChunk(dy: usize, x: usize, rows: i32, stride: usize, width: i32): void {
  clear(floats(CHUNK_DY), FLOAT, width);
  clear(floats(CHUNK_DYX), FLOAT, width);
  addGradientColumns(dy, x, rows, stride, width, floats(CENTER), floats(CHUNK_DY), floats(CHUNK_DYX));
  widen(floats(CHUNK_DY), doubles(SUM_DY), width);
  widen(floats(CHUNK_DYX), doubles(SUM_DYX), width);
}

/** The factors of dx in column j of a tile, of its sums gamma * sum(dy) and gamma * sum(dy * xhat). */
export function storeFactors(j: i32, m: f64, scale: f64, rstd: f64, columnDy: f64, columnDyXhat: f64): void {
  storeFloat(floats(DY_FACTOR), j, rstd * scale);
  storeFloat(floats(X_FACTOR), j, (-rstd * rstd * columnDyXhat) / m);
  storeFloat(floats(CONSTANT), j, (-rstd * columnDy) / m);
}

/** Applies repeated factors to a tile of dy and x. */
export function inputGradientTile(
  dy: usize,
  x: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  c: i32,
  width: i32,
): void {
  const replicas = replicasOf(channels);
  const wideRows = rows / replicas;
  const left = rows - wideRows * replicas;
  const stride = <usize>channels * FLOAT;
  const first = <usize>c * FLOAT;
  const last = first + <usize>(wideRows * replicas) * stride;
  for (let end = wideRows; end > 0; end -= BLOCK_ROWS) {
    const start = max(0, end - BLOCK_ROWS);
    const at = first + <usize>start * stride * replicas;
    applyFactors(dx + at, dy + at, x + at, end - start, stride * replicas, width * replicas);
  }
  if (left > 0) applyFactors(dx + last, dy + last, x + last, 1, stride, width * left);
}

function applyFactors(dx: usize, dy: usize, x: usize, rows: i32, stride: usize, width: i32): void {
  inputGradientColumns(
    dx,
    dy,
    x,
    rows,
    stride,
    width,
    floats(CENTER),
    floats(DY_FACTOR),
    floats(X_FACTOR),
    floats(CONSTANT),
  );
}
