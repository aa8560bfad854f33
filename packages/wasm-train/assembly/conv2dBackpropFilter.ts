import { Geometry, paddedFloats, pixels, roundUpTo4, rowStep, tapOffsets, taps } from './geometry';
import { pad } from './image';
import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_ROW, tile } from './tile';
import { addTo, copyTo, FLOAT, roundUpTo8 } from './vector';

/** Floats of x and dy that every tile of the filter meets before the next rows: 64 KiB stay in the second cache. */
const BLOCK_FLOATS: i32 = 16384;

/**
 * Items that the work is cut into, if there are images enough: enough for any number of threads to get about as much, and few
 * enough that adding up their sums takes no time. Threads must not change it, as it decides in which order numbers are added.
 */
const ITEMS: i32 = 16;

/** Panels of 8 output channels. */
function panelsOf(g: Geometry): i32 {
  return roundUpTo8(g.outChannels) / TILE_COLUMNS;
}

/** Runs of images that have sums of their own: where the panels are too few to share. */
function segmentsOf(g: Geometry): i32 {
  return min(g.batch, (ITEMS + panelsOf(g) - 1) / panelsOf(g));
}

/** Floats of the sums of one panel: a tile's row for every tap. */
function panelFloats(g: Geometry): i32 {
  return roundUpTo4(taps(g)) * TILE_COLUMNS;
}

/** Floats that all threads share: the offsets, the sums of each segment. */
export function conv2dBackpropFilterShared(g: Geometry): i32 {
  return roundUpTo4(taps(g)) + segmentsOf(g) * panelsOf(g) * panelFloats(g);
}

/** Floats of a thread's scratch: one packed panel of dy, the padded image. */
export function conv2dBackpropFilterScratch(g: Geometry): i32 {
  return pixels(g) * TILE_COLUMNS + paddedFloats(g);
}

/** Items of `conv2dBackpropFilter`: the panels of the first segment, then those of the second, and so on. */
export function conv2dBackpropFilterItems(g: Geometry): i32 {
  return segmentsOf(g) * panelsOf(g);
}

/** Fills the offsets, which `conv2dBackpropFilter` reads. */
export function conv2dBackpropFilterPrepare(g: Geometry, shared: usize): void {
  tapOffsets(g, shared);
}

function sumsOf(g: Geometry, shared: usize): usize {
  return shared + (roundUpTo4(taps(g)) as usize) * 4;
}

/**
 * dw[r][s][c][o] = sum over n, i, j of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][o]
 *
 * A matrix product whose left rows are the taps of the filter, each walking over the image where it lies, and whose
 * right rows are the pixels of dy where they lie (packed only for the last channels, where there are no 8). Sums are
 * kept per tile and block of rows, added up per segment, and then by `conv2dBackpropFilterFinish`: short sums in place of one
 * long one. Reads x and dy once from memory, taps / 4 * outChannels / 8 times from the nearest cache.
 */
export function conv2dBackpropFilter(
  g: Geometry,
  x: usize,
  dy: usize,
  shared: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const panels = panelsOf(g);
  const imageStep = ((g.inHeight * g.inWidth * g.inChannels) as usize) * FLOAT;
  const dyStep = ((pixels(g) * g.outChannels) as usize) * FLOAT;
  const copy = scratch + (pixels(g) as usize) * TILE_ROW;
  memory.fill(copy, 0, (paddedFloats(g) as usize) * FLOAT);
  for (let item = from; item < to; ) {
    const segment = item / panels;
    const first = item - segment * panels;
    const end = min(panels, first + to - item);
    const sums = sumsOf(g, shared) + (item as usize) * (panelFloats(g) as usize) * FLOAT;
    memory.fill(sums, 0, ((end - first) as usize) * (panelFloats(g) as usize) * FLOAT);
    const lastImage = ((segment + 1) * g.batch) / segmentsOf(g);
    for (let n = (segment * g.batch) / segmentsOf(g); n < lastImage; ++n) {
      const image = x + (n as usize) * imageStep;
      addImage(g, image, dy + (n as usize) * dyStep, shared, sums, first, end, scratch, copy);
    }
    item += end - first;
  }
}

/** Adds what one image gives to every tap, and to the channels of the panels [first, end). */
function addImage(
  g: Geometry,
  image: usize,
  dy: usize,
  offsets: usize,
  sums: usize,
  first: i32,
  end: i32,
  edge: usize,
  copy: usize,
): void {
  const wholeChannels = g.outChannels & ~7;
  const edgeChannels = g.outChannels - wholeChannels;
  const rowFloats = g.outWidth * g.outChannels + g.strideHeight * g.paddedWidth * g.inChannels;
  const rows = max(1, BLOCK_FLOATS / rowFloats);
  if (g.padded) {
    pad(image, g.inHeight, g.inWidth, g.inChannels, copy, g.paddedHeight, g.paddedWidth, g.top, g.left);
    image = copy;
  }
  if (edgeChannels && end === panelsOf(g)) {
    const dyStep = (g.outChannels as usize) * FLOAT;
    packPanels(dy + (wholeChannels as usize) * FLOAT, dyStep, FLOAT, pixels(g), edgeChannels, edge);
  }
  for (let row: i32 = 0; row < g.outHeight; row += rows) {
    addRows(g, image, dy, edge, offsets, sums, first, end, row, min(rows, g.outHeight - row));
  }
}

/** The same for some of its output rows. */
function addRows(
  g: Geometry,
  image: usize,
  dy: usize,
  edge: usize,
  offsets: usize,
  sums: usize,
  first: i32,
  end: i32,
  row: i32,
  rows: i32,
): void {
  const down = (g.strideHeight as usize) * rowStep(g);
  const right = ((g.strideWidth * g.inChannels) as usize) * FLOAT;
  const firstPixel = (row * g.outWidth) as usize;
  image += (row as usize) * down;
  const tableRows = roundUpTo4(taps(g));
  for (let panel = first; panel < end; ++panel) {
    const channel = panel * TILE_COLUMNS;
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

/** dw = the sums of all segments, in their order, taken out of their panels. */
export function conv2dBackpropFilterFinish(g: Geometry, dw: usize, shared: usize): void {
  const panelStep = (panelFloats(g) as usize) * FLOAT;
  const floats = panelsOf(g) * panelFloats(g);
  let sums = sumsOf(g, shared);
  for (let segment: i32 = 1; segment < segmentsOf(g); ++segment) {
    addTo(sums, sums + (segment as usize) * (floats as usize) * FLOAT, floats);
  }
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
