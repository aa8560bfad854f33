import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from '../matmul/tile';
import { addTo, FLOAT, roundUpTo8 } from '../vector';
import { Geometry, InputGradient, pixels, roundUpTo4, rowStep, taps } from './geometry';

/*
 * The gradient of an image row by row. A row of dx meets rows of dy that follow each other, each through a row of the filter, and what
 * they give to the taps of a window's row,
 *
 *     products[j][s][c] = sum over r, o of dy[i][j][o] * w[r][s][c][o]   where h = i + r*dilation,
 *
 * is one sum: a filterHeight-th of the numbers to be added to dx that there are if each pixel of dy is multiplied by the whole filter.
 */

/** Floats of the block between product and scatter: a quarter of the nearest cache. */
const BLOCK_FLOATS: i32 = 4096;
/** Terms of a sum that are added up before they are added to the rest, if they are of more than one row of the filter. */
const DEPTH_BLOCK: i32 = 256;
/** Multiplications and additions that take as long as to add one number to dx. */
const SCATTER: i32 = 10;

/** Taps of a row of the filter: the columns of the products. */
function rowTaps(g: Geometry): i32 {
  return g.filterWidth * g.inChannels;
}

/**
 * Whether this takes less time than the whole filter, whose taps need less filling up to panels of 8: 3.5 ms for 5.5 and 2.4 for 2.9 in
 * LeNet's layers. From an eighth less on: with many channels the product is nearly all, and either way is as fast.
 */
export function fitsRows(g: Geometry): bool {
  const byRows = roundUpTo8(rowTaps(g)) * g.filterHeight * g.outChannels + rowTaps(g) * SCATTER;
  const byPixels = roundUpTo8(taps(g)) * g.outChannels + taps(g) * SCATTER;
  return g.strideHeight === 1 && 8 * byRows < 7 * byPixels;
}

/** Pixels in a block: whole tiles, at least one. */
function blockPixels(g: Geometry): i32 {
  return max(TILE_ROWS, min(roundUpTo4(pixels(g)), (BLOCK_FLOATS / roundUpTo8(rowTaps(g))) & ~3));
}

/** Floats of the packed filter. */
export function packedRowsFloats(g: Geometry): i32 {
  return roundUpTo8(rowTaps(g)) * g.filterHeight * g.outChannels;
}

/** Floats of a block of products. */
export function rowProductsFloats(g: Geometry): i32 {
  return blockPixels(g) * roundUpTo8(rowTaps(g));
}

/** Packs the filter: 8 taps of every row, then the next 8 of every row. */
export function packRows(call: InputGradient, panel: usize): void {
  const channels = call.outChannels;
  const tapBytes = (channels as usize) * FLOAT;
  for (let tap: i32 = 0; tap < rowTaps(call); tap += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, rowTaps(call) - tap);
    for (let row: i32 = 0; row < call.filterHeight; ++row) {
      const source = call.filter + ((row * rowTaps(call) + tap) as usize) * tapBytes;
      packPanels(source, FLOAT, tapBytes, channels, width, panel);
      panel += (channels as usize) * TILE_ROW;
    }
  }
}

/** Adds to the padded image what an image of dy gives. */
export function addImageByRows(
  call: InputGradient,
  dy: usize,
  panels: usize,
  products: usize,
  image: usize,
): void {
  for (let h: i32 = 0; h < call.paddedHeight; ) {
    const first = firstFilterRow(call, h);
    const end = endOfFilterRows(call, h);
    let next = h + 1;
    while (
      next < call.paddedHeight &&
      firstFilterRow(call, next) === first &&
      endOfFilterRows(call, next) === end
    )
      ++next;
    const count = (next - h) * call.outWidth;
    const row = image + (h as usize) * rowStep(call);
    for (let pixel: i32 = 0; pixel < count && first < end; pixel += blockPixels(call)) {
      const pixels = min(blockPixels(call), count - pixel);
      multiplyPixels(call, dy, panels, h, first, end, pixel, pixels, products);
      scatterPixels(call, products, pixel, pixels, row);
    }
    h = next;
  }
}

/** The first row of the filter through which a row of dy meets row h of the padded image. */
function firstFilterRow(g: Geometry, h: i32): i32 {
  return (max(0, h - g.outHeight + 1) + g.dilationHeight - 1) / g.dilationHeight;
}

/** One past the last such row. */
function endOfFilterRows(g: Geometry, h: i32): i32 {
  return min(g.filterHeight, h / g.dilationHeight + 1);
}

/**
 * The products of `count` pixels from `from` on, counted from the start of row h of the padded image, which meets the rows [first,
 * end) of the filter, as do the rows after it that have some of these pixels.
 */
function multiplyPixels(
  call: InputGradient,
  dy: usize,
  panel: usize,
  h: i32,
  first: i32,
  end: i32,
  from: i32,
  count: i32,
  products: usize,
): void {
  const channels = call.outChannels;
  const pixelBytes = (channels as usize) * FLOAT;
  const filterRowBytes = (channels as usize) * TILE_ROW;
  const columns = roundUpTo8(rowTaps(call));
  // The next row of the filter meets a row of dy above.
  const up = -((call.dilationHeight * call.outWidth) as usize) * pixelBytes;
  const rowsAtOnce = max(1, DEPTH_BLOCK / channels);
  const last = (count - 1) as usize;
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    for (let r = first; r < end; r += rowsAtOnce) {
      const rows = min(rowsAtOnce, end - r);
      const a = dy + (((h - r * call.dilationHeight) * call.outWidth + from) as usize) * pixelBytes;
      const b = panel + (r as usize) * filterRowBytes;
      let c0 = products + (column as usize) * FLOAT;
      for (let pixel: i32 = 0; pixel < count; pixel += TILE_ROWS) {
        const a0 = a + (pixel as usize) * pixelBytes;
        const a1 = a + min((pixel as usize) + 1, last) * pixelBytes;
        const a2 = a + min((pixel as usize) + 2, last) * pixelBytes;
        const a3 = a + min((pixel as usize) + 3, last) * pixelBytes;
        const c1 = c0 + (columns as usize) * FLOAT;
        const c2 = c1 + (columns as usize) * FLOAT;
        const c3 = c2 + (columns as usize) * FLOAT;
        tile(a0, a1, a2, a3, rows, up, channels, FLOAT, b, TILE_ROW, c0, c1, c2, c3, r > first);
        c0 = c3 + (columns as usize) * FLOAT;
      }
    }
    panel += (call.filterHeight as usize) * filterRowBytes;
  }
}

/** Adds the products of `count` pixels, from `first` on, to the rows of their windows, counted from `row` on. */
function scatterPixels(call: InputGradient, products: usize, first: i32, count: i32, row: usize): void {
  const rowBytes = (roundUpTo8(rowTaps(call)) as usize) * FLOAT;
  const dense = call.dilationWidth === 1;
  const run = dense ? rowTaps(call) : call.inChannels;
  const runs = dense ? 1 : call.filterWidth;
  const right = ((call.dilationWidth * call.inChannels) as usize) * FLOAT;
  const windowStep = ((call.strideWidth * call.inChannels) as usize) * FLOAT;
  let column = first % call.outWidth;
  row += ((first / call.outWidth) as usize) * rowStep(call);
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    let from = products;
    let to = row + (column as usize) * windowStep;
    for (let i: i32 = 0; i < runs; ++i) {
      addTo(to, from, run);
      from += (run as usize) * FLOAT;
      to += right;
    }
    products += rowBytes;
    if (++column === call.outWidth) {
      column = 0;
      row += rowStep(call);
    }
  }
}
