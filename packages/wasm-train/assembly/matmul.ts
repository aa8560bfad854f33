import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from './tile';
import { copyTo, FLOAT, roundUpTo8 } from './vector';

/** Steps of the sum taken at once: a panel of 256 x 8 floats is 8 KiB, a quarter of the nearest cache. */
const DEPTH_BLOCK: i32 = 256;
/** Rows of a that meet a panel before the next panel: 64 x 256 floats are 64 KiB, well inside the second cache. */
const ROW_BLOCK: i32 = 64;

/** Steps of the sum that are packed at least, where there are so many. */
export function matmulDepthBlock(): i32 {
  return DEPTH_BLOCK;
}

/** Floats that all threads share: b in panels. */
export function matmulShared(columns: i32, depth: i32): i32 {
  return roundUpTo8(columns) * depth;
}

/** Floats of a thread's scratch: a tile's edge. */
export function matmulScratch(): i32 {
  return TILE_ROWS * TILE_COLUMNS;
}

/** Items of `matmulPack`: the panels of the first 256 steps of the sum, then those of the next, and so on. */
export function matmulPackItems(columns: i32, depth: i32): i32 {
  return (roundUpTo8(columns) / TILE_COLUMNS) * ((depth + DEPTH_BLOCK - 1) / DEPTH_BLOCK);
}

/** Packs b, [depth, columns] with any strides, for `matmul`. Reads b once. */
export function matmulPack(
  b: usize,
  depthStep: usize,
  columnStep: usize,
  columns: i32,
  depth: i32,
  panels: usize,
  from: i32,
  to: i32,
  _scratch: usize,
): void {
  const count = roundUpTo8(columns) / TILE_COLUMNS;
  for (let item = from; item < to; ++item) {
    const k = (item / count) * DEPTH_BLOCK;
    const steps = min(DEPTH_BLOCK, depth - k);
    const column = (item % count) * TILE_COLUMNS;
    const source = b + (k as usize) * depthStep + (column as usize) * columnStep;
    const panel = panels + (matmulShared(columns, k) as usize) * FLOAT + ((column * steps) as usize) * FLOAT;
    packPanels(source, depthStep, columnStep, steps, min(TILE_COLUMNS, columns - column), panel);
  }
}

/** Items of `matmul`: 4 rows each. */
export function matmulItems(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) / TILE_ROWS;
}

/**
 * c[i][j] = sum over k of a[i][k] * b[k][j], with any strides for a, and b packed from any, so that one kernel serves every
 * transpose. c is [rows, columns], contiguous; with `accumulate` the sum is added to it. `depth` must be positive.
 *
 * Reads a once per block of columns that the cache cannot hold; writes c once for every 256 steps of the sum.
 */
export function matmul(
  a: usize,
  aRowStep: usize,
  aDepthStep: usize,
  panels: usize,
  c: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  accumulate: bool,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const end = min(rows, to * TILE_ROWS);
  for (let k: i32 = 0; k < depth; k += DEPTH_BLOCK) {
    for (let row = from * TILE_ROWS; row < end; row += ROW_BLOCK) {
      multiplyBlock(
        a + (row as usize) * aRowStep + (k as usize) * aDepthStep,
        aRowStep,
        aDepthStep,
        panels + (matmulShared(columns, k) as usize) * FLOAT,
        c + (row as usize) * (columns as usize) * FLOAT,
        min(ROW_BLOCK, end - row),
        columns,
        min(DEPTH_BLOCK, depth - k),
        scratch,
        accumulate || k > 0,
      );
    }
  }
}

/** Some rows of c from as many rows of a and all panels of b. */
function multiplyBlock(
  a: usize,
  aRowStep: usize,
  aDepthStep: usize,
  panel: usize,
  c: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  edge: usize,
  accumulate: bool,
): void {
  const cRowStep = (columns as usize) * FLOAT;
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - column);
    const cColumn = c + (column as usize) * FLOAT;
    for (let row: i32 = 0; row < rows; row += TILE_ROWS) {
      // Past the last row a tile repeats that row: it computes, and writes, the same numbers again.
      const last = rows - 1;
      const r1 = min(row + 1, last) as usize;
      const r2 = min(row + 2, last) as usize;
      const r3 = min(row + 3, last) as usize;
      const a0 = a + (row as usize) * aRowStep;
      const a1 = a + r1 * aRowStep;
      const a2 = a + r2 * aRowStep;
      const a3 = a + r3 * aRowStep;
      const c0 = cColumn + (row as usize) * cRowStep;
      const c1 = cColumn + r1 * cRowStep;
      const c2 = cColumn + r2 * cRowStep;
      const c3 = cColumn + r3 * cRowStep;
      if (width === TILE_COLUMNS) {
        tile(a0, a1, a2, a3, 1, 0, depth, aDepthStep, panel, TILE_ROW, c0, c1, c2, c3, accumulate);
        continue;
      }
      if (accumulate) {
        copyTo(edge, c0, width);
        copyTo(edge + TILE_ROW, c1, width);
        copyTo(edge + 2 * TILE_ROW, c2, width);
        copyTo(edge + 3 * TILE_ROW, c3, width);
      }
      const e1 = edge + TILE_ROW;
      const e2 = edge + 2 * TILE_ROW;
      const e3 = edge + 3 * TILE_ROW;
      tile(a0, a1, a2, a3, 1, 0, depth, aDepthStep, panel, TILE_ROW, edge, e1, e2, e3, accumulate);
      copyTo(c0, edge, width);
      copyTo(c1, e1, width);
      copyTo(c2, e2, width);
      copyTo(c3, e3, width);
    }
    panel += (depth as usize) * TILE_ROW;
  }
}
