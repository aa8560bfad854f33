// biome-ignore lint/style/useImportType: AssemblyScript has no type imports.
import { Geometry, paddedFloats, pixels, roundUpTo4, rowStep, tapOffsets, taps } from './geometry';
import { pad } from './image';
import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_ROW, tile } from './tile';
import { copyTo, FLOAT, roundUpTo8 } from './vector';

/** Floats of x and dy that every tile of the filter meets before the next rows: 64 KiB stay in the second cache. */
const BLOCK_FLOATS: i32 = 16384;

/** Floats of scratch: the offsets, the sums, one packed panel of dy, the padded image. */
export function conv2dBackpropFilterScratch(g: Geometry): i32 {
  const sums = roundUpTo8(g.outChannels) * roundUpTo4(taps(g));
  return roundUpTo4(taps(g)) + sums + pixels(g) * TILE_COLUMNS + paddedFloats(g);
}

/**
 * dw[r][s][c][o] = sum over n, i, j of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][o]
 *
 * A matrix product whose left rows are the taps of the filter, each walking over the image where it lies, and whose
 * right rows are the pixels of dy where they lie (packed only for the last channels, where there are no 8). Sums are
 * kept per tile and block of rows, then added up: two short sums in place of one long one. Reads x and dy once from
 * memory, taps / 4 * outChannels / 8 times from the nearest cache.
 */
export function conv2dBackpropFilter(g: Geometry, x: usize, dy: usize, dw: usize, scratch: usize): void {
  const tableRows = roundUpTo4(taps(g));
  const imageStep = ((g.inHeight * g.inWidth * g.inChannels) as usize) * FLOAT;
  const dyStep = (g.outChannels as usize) * FLOAT;
  const offsets = scratch;
  const sums = offsets + (tableRows as usize) * 4;
  const sumsBytes = ((roundUpTo8(g.outChannels) * tableRows) as usize) * FLOAT;
  const edge = sums + sumsBytes;
  const copy = edge + (pixels(g) as usize) * TILE_ROW;
  tapOffsets(g, offsets);
  memory.fill(sums, 0, sumsBytes);
  memory.fill(copy, 0, (paddedFloats(g) as usize) * FLOAT);
  const wholeChannels = g.outChannels & ~7;
  const edgeChannels = g.outChannels - wholeChannels;
  const rowFloats = g.outWidth * g.outChannels + g.strideHeight * g.paddedWidth * g.inChannels;
  const rows = max(1, BLOCK_FLOATS / rowFloats);
  for (let n: i32 = 0; n < g.batch; ++n) {
    let image = x;
    if (g.padded) {
      pad(x, g.inHeight, g.inWidth, g.inChannels, copy, g.paddedHeight, g.paddedWidth, g.top, g.left);
      image = copy;
    }
    if (edgeChannels) {
      packPanels(dy + (wholeChannels as usize) * FLOAT, dyStep, FLOAT, pixels(g), edgeChannels, edge);
    }
    for (let row: i32 = 0; row < g.outHeight; row += rows) {
      addRows(g, image, dy, edge, offsets, sums, row, min(rows, g.outHeight - row));
    }
    x += imageStep;
    dy += (pixels(g) as usize) * dyStep;
  }
  writeSums(g, sums, dw);
}

/** Adds what some output rows of one image give to every tap and channel. */
function addRows(
  g: Geometry,
  image: usize,
  dy: usize,
  edge: usize,
  offsets: usize,
  sums: usize,
  row: i32,
  rows: i32,
): void {
  const down = (g.strideHeight as usize) * rowStep(g);
  const right = ((g.strideWidth * g.inChannels) as usize) * FLOAT;
  const firstPixel = (row * g.outWidth) as usize;
  image += (row as usize) * down;
  const tableRows = roundUpTo4(taps(g));
  for (let channel: i32 = 0; channel < g.outChannels; channel += TILE_COLUMNS) {
    const whole = channel + TILE_COLUMNS <= g.outChannels;
    const bStep = whole ? (g.outChannels as usize) * FLOAT : TILE_ROW;
    const b = (whole ? dy + (channel as usize) * FLOAT : edge) + firstPixel * bStep;
    for (let tap: i32 = 0; tap < tableRows; tap += 4) {
      const at = offsets + (tap as usize) * 4;
      const a0 = image + (load<u32>(at) as usize);
      const a1 = image + (load<u32>(at, 4) as usize);
      const a2 = image + (load<u32>(at, 8) as usize);
      const a3 = image + (load<u32>(at, 12) as usize);
      const c1 = sums + TILE_ROW;
      const c2 = sums + 2 * TILE_ROW;
      const c3 = sums + 3 * TILE_ROW;
      tile(a0, a1, a2, a3, rows, down, g.outWidth, right, b, bStep, sums, c1, c2, c3, true);
      sums += 4 * TILE_ROW;
    }
  }
}

/** dw = the sums, taken out of their panels. */
function writeSums(g: Geometry, sums: usize, dw: usize): void {
  const panelStep = (roundUpTo4(taps(g)) as usize) * TILE_ROW;
  for (let channel: i32 = 0; channel < g.outChannels; channel += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, g.outChannels - channel);
    let from = sums;
    let to = dw + (channel as usize) * FLOAT;
    for (let tap: i32 = 0; tap < taps(g); ++tap) {
      copyTo(to, from, width);
      from += TILE_ROW;
      to += (g.outChannels as usize) * FLOAT;
    }
    sums += panelStep;
  }
}
