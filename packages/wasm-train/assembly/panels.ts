import { TILE_COLUMNS, TILE_ROW } from './tile';
import { FLOAT } from './vector';

/**
 * Copies a matrix of `rows` x `columns` into panels of 8 columns: all rows of the first 8 columns, then all rows of
 * the next 8, the last panel filled up with zeros. A tile then reads its 8 columns from consecutive addresses, and
 * any strides of the source (plain, transposed, flipped) cost only this one pass.
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
    for (let row: i32 = 0; row < rows; ++row) {
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
