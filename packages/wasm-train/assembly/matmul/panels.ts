/** Panels: strips of 8 columns of a matrix, packed as a tile reads them. */
import { FLOAT, LANES, loadFirst, VECTOR } from '../vector';
import { TILE_COLUMNS, TILE_ROW } from './tile';

/**
 * Copies a matrix of `rows` x `columns` into panels of 8 columns: all rows of the first 8 columns, then all rows of
 * the next 8, the last panel filled up with zeros. A tile then reads its 8 columns from consecutive addresses, and
 * any strides of the source (plain, transposed, flipped) cost only this one pass, in vectors where the source is a whole matrix or
 * its transpose.
 */
export function packPanels(
  source: usize,
  rowStep: usize,
  columnStep: usize,
  rows: i32,
  columns: i32,
  panels: usize,
): void {
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - column);
    let from = source + (column as usize) * columnStep;
    if (width === TILE_COLUMNS && columnStep === FLOAT) {
      for (let row: i32 = 0; row < rows; ++row) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
        from += rowStep;
        panels += TILE_ROW;
      }
      continue;
    }
    if (columnStep === FLOAT) {
      const part = width & (LANES - 1);
      for (let row: i32 = 0; row < rows; ++row) {
        const isWide = width >= LANES;
        v128.store(panels, isWide ? v128.load(from) : loadFirst(from, part));
        v128.store(panels, isWide ? loadFirst(from + VECTOR, part) : f32x4.splat(0), 16);
        from += rowStep;
        panels += TILE_ROW;
      }
      continue;
    }
    let row: i32 = 0;
    if (width === TILE_COLUMNS && rowStep === FLOAT) {
      for (; row + LANES <= rows; row += LANES) {
        transpose4(from, columnStep, panels);
        transpose4(from + 4 * columnStep, columnStep, panels + VECTOR);
        from += VECTOR;
        panels += 4 * TILE_ROW;
      }
    }
    for (; row < rows; ++row) {
      let at = from;
      let lane: i32 = 0;
      for (; lane < width; ++lane) {
        store<f32>(panels + (lane as usize) * FLOAT, load<f32>(at));
        at += columnStep;
      }
      for (; lane < TILE_COLUMNS; ++lane) store<f32>(panels + (lane as usize) * FLOAT, 0);
      from += rowStep;
      panels += TILE_ROW;
    }
  }
}

/** Four columns of four floats, each side by side in the source, to four rows of a panel. */
function transpose4(source: usize, columnStep: usize, panel: usize): void {
  const c0 = v128.load(source);
  const c1 = v128.load(source + columnStep);
  const c2 = v128.load(source + 2 * columnStep);
  const c3 = v128.load(source + 3 * columnStep);
  const low01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7);
  v128.store(panel, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(panel + TILE_ROW, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(panel + 2 * TILE_ROW, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(panel + 3 * TILE_ROW, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
