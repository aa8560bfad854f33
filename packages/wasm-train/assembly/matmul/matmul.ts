import { copyTo, FLOAT, roundUpTo8 } from '../vector';
import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from './tile';

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

/** b, [depth, columns] with any strides in bytes, and the panels that it is packed into. */
@unmanaged
export class Packing {
  b: usize;
  depthStep: usize;
  columnStep: usize;
  panels: usize;
  columns: i32;
  depth: i32;
}

/** Packs b for `matmul`. Reads it once. */
export function matmulPack(call: Packing, from: i32, to: i32): void {
  const columns = call.columns;
  const count = roundUpTo8(columns) / TILE_COLUMNS;
  for (let item = from; item < to; ++item) {
    const k = (item / count) * DEPTH_BLOCK;
    const steps = min(DEPTH_BLOCK, call.depth - k);
    const column = (item % count) * TILE_COLUMNS;
    const source = call.b + (k as usize) * call.depthStep + (column as usize) * call.columnStep;
    const panel =
      call.panels + (matmulShared(columns, k) as usize) * FLOAT + ((column * steps) as usize) * FLOAT;
    const width = min(TILE_COLUMNS, columns - column);
    packPanels(source, call.depthStep, call.columnStep, steps, width, panel);
  }
}

/** Items of `matmul`: 4 rows each. */
export function matmulItems(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) / TILE_ROWS;
}

/** c, [rows, columns] and contiguous, of a, [rows, depth] with any strides in bytes, and the panels of b, [depth, columns]. */
@unmanaged
export class Product {
  a: usize;
  rowStep: usize;
  depthStep: usize;
  panels: usize;
  c: usize;
  rows: i32;
  columns: i32;
  depth: i32;
  /** 1 if the product is added to what is in c, else 0. */
  accumulate: i32;
}

/**
 * c[i][j] = sum over k of a[i][k] * b[k][j], so that one kernel serves every transpose. `depth` must be positive.
 *
 * Reads a once per block of columns that the cache cannot hold; writes c once for every 256 steps of the sum.
 */
export function matmul(call: Product, from: i32, to: i32, scratch: usize): void {
  const end = min(call.rows, to * TILE_ROWS);
  for (let k: i32 = 0; k < call.depth; k += DEPTH_BLOCK) {
    for (let row = from * TILE_ROWS; row < end; row += ROW_BLOCK) {
      multiplyBlock(call, row, min(ROW_BLOCK, end - row), k, scratch);
    }
  }
}

/** So many rows of c, from `first` on, from as many rows of a and all panels of b: the steps of the sum from k on. */
function multiplyBlock(call: Product, first: i32, rows: i32, k: i32, edge: usize): void {
  const columns = call.columns;
  const aRowStep = call.rowStep;
  const aDepthStep = call.depthStep;
  const cRowStep = (columns as usize) * FLOAT;
  const a = call.a + (first as usize) * aRowStep + (k as usize) * aDepthStep;
  const c = call.c + (first as usize) * cRowStep;
  const depth = min(DEPTH_BLOCK, call.depth - k);
  const accumulate = call.accumulate !== 0 || k > 0;
  let panel = call.panels + (matmulShared(columns, k) as usize) * FLOAT;
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
