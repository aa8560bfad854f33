import { multiplyAdd } from '../vector';

/** Rows and columns of a tile: 8 accumulators of 4 floats keep the units busy and fit 16 registers. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a row of a tile. */
export const TILE_ROW: usize = 32;

/**
 * The one inner loop of matrix products and convolutions alike: a tile of 4 rows and 8 columns,
 *
 *     c[r][0..8)  =  sum over o < outer, i < inner of  a[r][o][i] * b[o * inner + i][0..8)
 *
 * where each row of a has a pointer of its own, so that the rows can be rows of a matrix, columns of a transposed
 * one, windows of an image or the taps of a filter. Reads a and b once, writes 4 x 8 floats (added to what is there
 * when `accumulate`; the sum is complete before it is added, which keeps long sums accurate).
 *
 * @param innerStep bytes between a[r][o][i] and a[r][o][i + 1]
 * @param outerStep bytes between a[r][o][0] and a[r][o + 1][0]
 * @param bStep bytes between two rows of b
 */
export function tile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  outer: i32,
  outerStep: usize,
  inner: i32,
  innerStep: usize,
  b: usize,
  bStep: usize,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  accumulate: bool,
): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  // What is left to go to the next outer step once the inner loop has moved the pointers.
  const jump = outerStep - (inner as usize) * innerStep;
  for (let o = outer; o > 0; --o) {
    for (let i = inner; i > 0; --i) {
      const left = v128.load(b);
      const right = v128.load(b, 16);
      const v0 = v128.load_splat<f32>(a0);
      s00 = multiplyAdd(v0, left, s00);
      s01 = multiplyAdd(v0, right, s01);
      const v1 = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(v1, left, s10);
      s11 = multiplyAdd(v1, right, s11);
      const v2 = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(v2, left, s20);
      s21 = multiplyAdd(v2, right, s21);
      const v3 = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(v3, left, s30);
      s31 = multiplyAdd(v3, right, s31);
      a0 += innerStep;
      a1 += innerStep;
      a2 += innerStep;
      a3 += innerStep;
      b += bStep;
    }
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  if (accumulate) {
    s00 = f32x4.add(s00, v128.load(c0));
    s01 = f32x4.add(s01, v128.load(c0, 16));
    s10 = f32x4.add(s10, v128.load(c1));
    s11 = f32x4.add(s11, v128.load(c1, 16));
    s20 = f32x4.add(s20, v128.load(c2));
    s21 = f32x4.add(s21, v128.load(c2, 16));
    s30 = f32x4.add(s30, v128.load(c3));
    s31 = f32x4.add(s31, v128.load(c3, 16));
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}
