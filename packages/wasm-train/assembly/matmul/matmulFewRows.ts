/**
 * c[i][j] = sum over k of a[i][k] * b[k][j], of so few rows that packing b would take longer than to multiply by it: b is read as it
 * lies, in the order of memory, four rows of it at a time, so that a sum in c is loaded and stored once for four terms.
 *
 * The depth is positive. Reads b once for two rows, and a once for each item; writes c once for four terms.
 */
import { addProductTo, addTo, FLOAT, loadLanes, multiplyAdd, storeLanes, VECTOR } from '../vector';

/** Columns of an item: two cache lines, so that no two threads write to the same one. */
const ITEM_COLUMNS: i32 = 32;
/** Terms of a sum that are added up before they are added to the rest: long sums of float32 lose less so. */
const DEPTH_BLOCK: i32 = 256;

/** Items of `matmulFewRows`. */
export function matmulFewRowsItems(columns: i32): i32 {
  return (columns + ITEM_COLUMNS - 1) / ITEM_COLUMNS;
}

/** Floats of a thread's scratch: two rows of sums. */
export function matmulFewRowsScratch(columns: i32): i32 {
  return 2 * columns;
}

/** c, [rows, columns] and contiguous, of a, [rows, depth] with any strides in bytes, and b, [depth, columns] with its rows so far apart. */
@unmanaged
export class FewRowsProduct {
  a: usize;
  rowStep: usize;
  depthStep: usize;
  b: usize;
  bRowStep: usize;
  c: usize;
  rows: i32;
  columns: i32;
  depth: i32;
}

/** Its items are those that `matmulFewRowsItems` counts: runs of columns. `scratch` holds matmulFewRowsScratch floats, each thread its own. */
export function matmulFewRows(call: FewRowsProduct, from: i32, to: i32, scratch: usize): void {
  const columns = call.columns;
  const depth = call.depth;
  const aDepthStep = call.depthStep;
  const bRowStep = call.bRowStep;
  const first = from * ITEM_COLUMNS;
  const width = min(columns, to * ITEM_COLUMNS) - first;
  const cRowStep = (columns as usize) * FLOAT;
  const rowBytes = (width as usize) * FLOAT;
  const b = call.b + (first as usize) * FLOAT;
  const c = call.c + (first as usize) * FLOAT;
  const scratch1 = scratch + rowBytes;
  for (let row: i32 = 0; row < call.rows; row += 2) {
    const hasNext = row + 1 < call.rows;
    const a0 = call.a + (row as usize) * call.rowStep;
    const a1 = hasNext ? a0 + call.rowStep : a0;
    const c0 = c + (row as usize) * cRowStep;
    // The last of an odd number of rows is computed twice.
    const c1 = hasNext ? c0 + cRowStep : scratch1;
    sumTerms(a0, a1, aDepthStep, b, bRowStep, c0, c1, width, min(DEPTH_BLOCK, depth));
    for (let k = DEPTH_BLOCK; k < depth; k += DEPTH_BLOCK) {
      const aSkip = (k as usize) * aDepthStep;
      const bTerms = b + (k as usize) * bRowStep;
      const terms = min(DEPTH_BLOCK, depth - k);
      sumTerms(a0 + aSkip, a1 + aSkip, aDepthStep, bTerms, bRowStep, scratch, scratch1, width, terms);
      addTo(c0, scratch, width);
      if (hasNext) addTo(c1, scratch1, width);
    }
  }
}

/** s0[j] = sum over k < terms of a0[k] * b[k][j], and s1 of a1. */
function sumTerms(
  a0: usize,
  a1: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  s0: usize,
  s1: usize,
  width: i32,
  terms: i32,
): void {
  memory.fill(s0, 0, (width as usize) * FLOAT);
  memory.fill(s1, 0, (width as usize) * FLOAT);
  for (; terms >= 4; terms -= 4) {
    addFourTerms(a0, a1, aStep, b, bStep, s0, s1, width);
    a0 += 4 * aStep;
    a1 += 4 * aStep;
    b += 4 * bStep;
  }
  for (; terms > 0; --terms) {
    addProductTo(s0, load<f32>(a0), b, width);
    addProductTo(s1, load<f32>(a1), b, width);
    a0 += aStep;
    a1 += aStep;
    b += bStep;
  }
}

/**
 * Adds four terms to both rows of sums. The factors of a are taken once, for vectors and tail: one loop generic in L that takes them
 * for each makes 3x300x85 take 9.3 us in place of 8.7.
 */
function addFourTerms(
  a0: usize,
  a1: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  s0: usize,
  s1: usize,
  width: i32,
): void {
  const a00 = v128.load_splat<f32>(a0);
  const a01 = v128.load_splat<f32>(a0 + aStep);
  const a02 = v128.load_splat<f32>(a0 + 2 * aStep);
  const a03 = v128.load_splat<f32>(a0 + 3 * aStep);
  const a10 = v128.load_splat<f32>(a1);
  const a11 = v128.load_splat<f32>(a1 + aStep);
  const a12 = v128.load_splat<f32>(a1 + 2 * aStep);
  const a13 = v128.load_splat<f32>(a1 + 3 * aStep);
  const bytes = (width as usize) * FLOAT;
  const vectors = bytes & ~(VECTOR - 1);
  let at: usize = 0;
  for (; at < vectors; at += VECTOR)
    addLanes<v128>(s0 + at, s1 + at, b + at, bStep, a00, a01, a02, a03, a10, a11, a12, a13);
  for (; at < bytes; at += FLOAT)
    addLanes<f32>(s0 + at, s1 + at, b + at, bStep, a00, a01, a02, a03, a10, a11, a12, a13);
}

/** The same for 4 columns or 1, as L says. */
function addLanes<L>(
  s0: usize,
  s1: usize,
  b: usize,
  bStep: usize,
  a00: v128,
  a01: v128,
  a02: v128,
  a03: v128,
  a10: v128,
  a11: v128,
  a12: v128,
  a13: v128,
): void {
  const b0 = loadLanes<L>(b);
  const b1 = loadLanes<L>(b + bStep);
  const b2 = loadLanes<L>(b + 2 * bStep);
  const b3 = loadLanes<L>(b + 3 * bStep);
  const sum0 = withFourTerms(loadLanes<L>(s0), a00, a01, a02, a03, b0, b1, b2, b3);
  const sum1 = withFourTerms(loadLanes<L>(s1), a10, a11, a12, a13, b0, b1, b2, b3);
  storeLanes<L>(s0, sum0);
  storeLanes<L>(s1, sum1);
}

/** sum + a0 b0 + a1 b1 + a2 b2 + a3 b3, the last product first. */
function withFourTerms(
  sum: v128,
  a0: v128,
  a1: v128,
  a2: v128,
  a3: v128,
  b0: v128,
  b1: v128,
  b2: v128,
  b3: v128,
): v128 {
  return multiplyAdd(a0, b0, multiplyAdd(a1, b1, multiplyAdd(a2, b2, multiplyAdd(a3, b3, sum))));
}
