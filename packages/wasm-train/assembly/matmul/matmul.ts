/**
 * c[i][j] = sum over k of a[i][k] * b[k][j], so that one kernel serves every transpose. The depth is positive.
 *
 * Reads a once per block of columns that the cache cannot hold; writes c once for every 256 steps of the sum.
 */
import { FLOAT, roundUpTo8 } from '../vector';
import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_FLOATS, TILE_ROW, TILE_ROWS, Tile, tileAt } from './tile';

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

/** Floats of a thread's scratch: a tile. */
export function matmulScratch(): i32 {
  return TILE_FLOATS;
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

/** Its items are those that `matmulItems` counts: the rows of a tile. */
export function matmul(call: Product, from: i32, to: i32, scratch: usize): void {
  const tile = tileAt(scratch);
  const end = min(call.rows, to * TILE_ROWS);
  for (let k: i32 = 0; k < call.depth; k += DEPTH_BLOCK) {
    for (let row = from * TILE_ROWS; row < end; row += ROW_BLOCK) {
      multiplyBlock(call, tile, row, min(ROW_BLOCK, end - row), k);
    }
  }
}

/** So many rows of c, from `first` on, from as many rows of a and all panels of b: the steps of the sum from k on. */
function multiplyBlock(call: Product, tile: Tile, first: i32, rows: i32, k: i32): void {
  const columns = call.columns;
  const cRowStep = (columns as usize) * FLOAT;
  const a = call.a + (first as usize) * call.rowStep + (k as usize) * call.depthStep;
  const c = call.c + (first as usize) * cRowStep;
  const depth = min(DEPTH_BLOCK, call.depth - k);
  const accumulate = call.accumulate !== 0 || k > 0;
  let panel = call.panels + (matmulShared(columns, k) as usize) * FLOAT;
  tile.outer = 1;
  tile.outerStep = 0;
  tile.inner = depth;
  tile.innerStep = call.depthStep;
  tile.bStep = TILE_ROW;
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - column);
    for (let row: i32 = 0; row < rows; row += TILE_ROWS) {
      tile.takeRows(a, call.rowStep, row, rows - 1);
      tile.giveRows(c + (column as usize) * FLOAT, cRowStep, row, rows - 1);
      tile.multiply(panel, width, accumulate);
    }
    panel += (depth as usize) * TILE_ROW;
  }
}
