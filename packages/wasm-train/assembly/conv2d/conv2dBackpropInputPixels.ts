/**
 * What pixels of dy give to their windows: products with the filter,
 *
 *     products[p][t] = sum over r, o of dy[p, r rows up][o] * w[r][t][o]
 *
 * which are then added to the image. Either the filter is one row, of all its taps, and r is 0; or each of its rows is one, and
 * what they give to a row of a window is one sum: a filterHeight-th of the numbers to be added.
 */
import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_FLOATS, TILE_ROW, TILE_ROWS, Tile, tileAt } from '../matmul/tile';
import { addTo, FLOAT, INT, roundUpTo8 } from '../vector';
import { endOfTable, Geometry, InputGradient, pixels, roundUpTo4, rowStep, taps } from './geometry';

/** Floats of the block between product and scatter: a quarter of the nearest cache. */
const BLOCK_FLOATS: i32 = 4096;
/** Terms of a sum that are added up before they are added to the rest, if they are of more than one row of the filter. */
const DEPTH_BLOCK: i32 = 256;
/** Multiplications and additions that take as long as to add one number to dx. */
const SCATTER: i32 = 10;

/** Taps of a row of the filter as it is. */
function rowTaps(g: Geometry): i32 {
  return g.filterWidth * g.inChannels;
}

/**
 * Whether row by row takes less time than the whole filter, whose taps need less filling up to panels of 8: 3.5 ms for 5.5 and 2.4 for
 * 2.9 in LeNet's layers. From an eighth less on: with many channels the product is nearly all, and either way is as fast.
 */
export function fitsRows(g: Geometry): bool {
  const byRows = roundUpTo8(rowTaps(g)) * g.filterHeight * g.outChannels + rowTaps(g) * SCATTER;
  const byPixels = roundUpTo8(taps(g)) * g.outChannels + taps(g) * SCATTER;
  return g.strideHeight === 1 && 8 * byRows < 7 * byPixels;
}

/** Rows of the filter in the formula above. */
export function filterRows(g: Geometry): i32 {
  return fitsRows(g) ? g.filterHeight : 1;
}

/** Taps of such a row: the columns of the products. */
function columnsOf(g: Geometry): i32 {
  return fitsRows(g) ? rowTaps(g) : taps(g);
}

/** Rows of a window that the products of a pixel are added to. */
function windowRows(g: Geometry): i32 {
  return fitsRows(g) ? 1 : g.filterHeight;
}

/** Pixels in a block: whole tiles, at least one. */
function blockPixels(g: Geometry): i32 {
  return max(TILE_ROWS, min(roundUpTo4(pixels(g)), (BLOCK_FLOATS / roundUpTo8(columnsOf(g))) & ~3));
}

/** Floats of the packed filter. */
export function packedFloats(g: Geometry): i32 {
  return roundUpTo8(columnsOf(g)) * filterRows(g) * g.outChannels;
}

/** Floats of a block of products. */
export function productFloats(g: Geometry): i32 {
  return blockPixels(g) * roundUpTo8(columnsOf(g));
}

/** Packs the filter: 8 taps of every row, then the next 8 of every row. */
export function packFilter(call: InputGradient): void {
  const channels = call.outChannels;
  const tapBytes = (channels as usize) * FLOAT;
  const columns = columnsOf(call);
  let panel = endOfTable(call.shared, pixels(call));
  for (let tap: i32 = 0; tap < columns; tap += TILE_COLUMNS) {
    for (let row: i32 = 0; row < filterRows(call); ++row) {
      const source = call.filter + ((row * columns + tap) as usize) * tapBytes;
      packPanels(source, FLOAT, tapBytes, channels, min(TILE_COLUMNS, columns - tap), panel);
      panel += (channels as usize) * TILE_ROW;
    }
  }
}

/**
 * Adds what `count` pixels give through the rows [first, end) of the filter.
 *
 * @param dy The first of the pixels that meet row `first`. Those that meet the next row lie a row up, or more if it is dilated.
 * @param image Where the window of the first pixel begins.
 */
export function addPixels(
  call: InputGradient,
  scratch: usize,
  dy: usize,
  first: i32,
  end: i32,
  count: i32,
  image: usize,
): void {
  const products = scratch + (TILE_FLOATS as usize) * FLOAT;
  const pixelBytes = (call.outChannels as usize) * FLOAT;
  const block = blockPixels(call);
  for (let pixel: i32 = 0; pixel < count; pixel += block) {
    const pixels = min(block, count - pixel);
    multiplyPixels(call, tileAt(scratch), dy + (pixel as usize) * pixelBytes, first, end, pixels, products);
    scatterPixels(call, products, pixel, pixels, image);
  }
}

/** The products of a block of pixels. */
function multiplyPixels(
  call: InputGradient,
  tile: Tile,
  dy: usize,
  first: i32,
  end: i32,
  count: i32,
  products: usize,
): void {
  const channels = call.outChannels;
  const pixelBytes = (channels as usize) * FLOAT;
  const rowBytes = (channels as usize) * TILE_ROW;
  const panelBytes = (filterRows(call) as usize) * rowBytes;
  const columns = roundUpTo8(columnsOf(call));
  const columnBytes = (columns as usize) * FLOAT;
  const rowsAtOnce = max(1, DEPTH_BLOCK / channels);
  let panel = endOfTable(call.shared, pixels(call));
  tile.outerStep = -((call.dilationHeight * call.outWidth) as usize) * pixelBytes;
  tile.inner = channels;
  tile.innerStep = FLOAT;
  tile.bStep = TILE_ROW;
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    for (let row = first; row < end; row += rowsAtOnce) {
      const a = dy + ((row - first) as usize) * tile.outerStep;
      let c = products + (column as usize) * FLOAT;
      tile.outer = min(rowsAtOnce, end - row);
      for (let pixel: i32 = 0; pixel < count; pixel += TILE_ROWS) {
        tile.takeRows(a, pixelBytes, pixel, count - 1);
        tile.giveAllRows(c, columnBytes);
        tile.multiplyWhole(panel + (row as usize) * rowBytes, row > first);
        c += (TILE_ROWS as usize) * columnBytes;
      }
    }
    panel += panelBytes;
  }
}

/** Adds the products of `count` pixels, from `first` on, to their windows. */
function scatterPixels(call: InputGradient, products: usize, first: i32, count: i32, image: usize): void {
  const columnBytes = (roundUpTo8(columnsOf(call)) as usize) * FLOAT;
  const dense = call.dilationWidth === 1;
  const run = dense ? rowTaps(call) : call.inChannels;
  const runs = dense ? 1 : call.filterWidth;
  const right = ((call.dilationWidth * call.inChannels) as usize) * FLOAT;
  const down = (call.dilationHeight as usize) * rowStep(call);
  const rows = windowRows(call);
  let offsets = call.shared + (first as usize) * INT;
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    let window = image + (load<u32>(offsets) as usize);
    let from = products;
    for (let row: i32 = 0; row < rows; ++row) {
      let to = window;
      for (let i: i32 = 0; i < runs; ++i) {
        addTo(to, from, run);
        from += (run as usize) * FLOAT;
        to += right;
      }
      window += down;
    }
    products += columnBytes;
    offsets += INT;
  }
}
