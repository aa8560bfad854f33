/**
 * The one inner loop of matrix products and convolutions alike: a tile of 4 rows and 8 columns,
 *
 *     c[r][0..8)  =  sum over o < outer, i < inner of  a[r][o][i] * b[o * inner + i][0..8)
 *
 * where each row of a has a pointer of its own, so that the rows can be rows of a matrix, columns of a transposed
 * one, windows of an image or the taps of a filter.
 */
import { copyTo, multiplyAdd } from '../vector';

/** Rows and columns of a tile: 8 accumulators of 4 floats keep the units busy and fit 16 registers. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a row of a tile. */
export const TILE_ROW: usize = 32;

/** Bytes from a tile to its edge: room for the 4 rows of a result of fewer than 8 columns. */
const EDGE_AT: usize = 64;
/** Floats of a thread's scratch that a tile takes: its fields, and its edge. */
export const TILE_FLOATS: i32 = 48;

/** Where a row of a matrix begins, whose rows are `step` bytes apart. Past `last` that row stands in. */
function rowAt(matrix: usize, step: usize, row: i32, last: i32): usize {
  return matrix + (min(row, last) as usize) * step;
}

/** The tile that lies in a thread's scratch. */
export function tileAt(scratch: usize): Tile {
  return changetype<Tile>(scratch);
}

/** Where the rows of a tile are, and how far apart its terms. It lies in a thread's scratch, its edge behind it. */
@unmanaged
export class Tile {
  a0: usize;
  a1: usize;
  a2: usize;
  a3: usize;
  c0: usize;
  c1: usize;
  c2: usize;
  c3: usize;
  outer: i32;
  inner: i32;
  /** Bytes between a[r][o][0] and a[r][o + 1][0]. */
  outerStep: usize;
  /** Bytes between a[r][o][i] and a[r][o][i + 1]. */
  innerStep: usize;
  /** Bytes between two rows of b. */
  bStep: usize;

  /** Takes the rows from `row` on of a matrix whose rows are `step` bytes apart. Past `last` that row stands in again. */
  @inline
  takeRows(a: usize, step: usize, row: i32, last: i32): void {
    this.a0 = rowAt(a, step, row, last);
    this.a1 = rowAt(a, step, row + 1, last);
    this.a2 = rowAt(a, step, row + 2, last);
    this.a3 = rowAt(a, step, row + 3, last);
  }

  /** Takes as rows what lies at the next four offsets of a table. */
  @inline
  takeOffsets(a: usize, table: usize): void {
    this.a0 = a + (load<u32>(table) as usize);
    this.a1 = a + (load<u32>(table, 4) as usize);
    this.a2 = a + (load<u32>(table, 8) as usize);
    this.a3 = a + (load<u32>(table, 12) as usize);
  }

  /** Takes as rows what lies so many bytes behind those that it has. */
  @inline
  takeNext(bytes: usize): void {
    this.a0 += bytes;
    this.a1 += bytes;
    this.a2 += bytes;
    this.a3 += bytes;
  }

  /** Gives the result to rows from `row` on, as `takeRows` takes them: past `last` the same numbers are written again. */
  @inline
  giveRows(c: usize, step: usize, row: i32, last: i32): void {
    this.c0 = rowAt(c, step, row, last);
    this.c1 = rowAt(c, step, row + 1, last);
    this.c2 = rowAt(c, step, row + 2, last);
    this.c3 = rowAt(c, step, row + 3, last);
  }

  /** Gives the result to four rows that all are there. */
  @inline
  giveAllRows(c: usize, step: usize): void {
    this.c0 = c;
    this.c1 = c + step;
    this.c2 = c + 2 * step;
    this.c3 = c + 3 * step;
  }

  /** Computes the first `width` columns of c, or adds to what is there. */
  @inline
  multiply(b: usize, width: i32, accumulate: bool): void {
    if (width === TILE_COLUMNS) this.multiplyWhole(b, accumulate);
    else this.multiplyPart(b, width, accumulate);
  }

  /**
   * All 8 columns. Reads a and b once, writes the rows of c in their order. The sum is complete before it is added to c, which keeps
   * long sums accurate.
   */
  multiplyWhole(b: usize, accumulate: bool): void {
    let a0 = this.a0;
    let a1 = this.a1;
    let a2 = this.a2;
    let a3 = this.a3;
    let s00 = f32x4.splat(0);
    let s01 = f32x4.splat(0);
    let s10 = f32x4.splat(0);
    let s11 = f32x4.splat(0);
    let s20 = f32x4.splat(0);
    let s21 = f32x4.splat(0);
    let s30 = f32x4.splat(0);
    let s31 = f32x4.splat(0);
    const inner = this.inner;
    const innerStep = this.innerStep;
    const bStep = this.bStep;
    // What is left to go to the next outer step once the inner loop has moved the pointers.
    const jump = this.outerStep - (inner as usize) * innerStep;
    for (let o = this.outer; o > 0; --o) {
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
    const c0 = this.c0;
    const c1 = this.c1;
    const c2 = this.c2;
    const c3 = this.c3;
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

  /** Fewer columns, by way of the edge. */
  multiplyPart(b: usize, width: i32, accumulate: bool): void {
    const edge = changetype<usize>(this) + EDGE_AT;
    const c0 = this.c0;
    const c1 = this.c1;
    const c2 = this.c2;
    const c3 = this.c3;
    if (accumulate) {
      copyTo(edge, c0, width);
      copyTo(edge + TILE_ROW, c1, width);
      copyTo(edge + 2 * TILE_ROW, c2, width);
      copyTo(edge + 3 * TILE_ROW, c3, width);
    }
    this.giveAllRows(edge, TILE_ROW);
    this.multiplyWhole(b, accumulate);
    copyTo(c0, edge, width);
    copyTo(c1, edge + TILE_ROW, width);
    copyTo(c2, edge + 2 * TILE_ROW, width);
    copyTo(c3, edge + 3 * TILE_ROW, width);
    this.c0 = c0;
    this.c1 = c1;
    this.c2 = c2;
    this.c3 = c3;
  }
}
