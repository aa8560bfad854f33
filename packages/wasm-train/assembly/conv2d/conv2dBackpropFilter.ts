import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_ROW, tile } from '../matmul/tile';
import { addTo, copyTo, FLOAT, roundUpTo8 } from '../vector';
import {
  FilterGradient,
  Geometry,
  paddedFloats,
  pixels,
  roundUpTo4,
  rowStep,
  tapOffsets,
  taps,
} from './geometry';
import { pad } from './image';

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
export function conv2dBackpropFilterPrepare(call: FilterGradient): void {
  tapOffsets(call, call.shared);
}

function sumsOf(call: FilterGradient): usize {
  return call.shared + (roundUpTo4(taps(call)) as usize) * 4;
}

/**
 * dFilter[r][s][c][o] = sum over n, i, j of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][o]
 *
 * A matrix product whose left rows are the taps of the filter, each walking over the image where it lies, and whose
 * right rows are the pixels of dy where they lie (packed only for the last channels, where there are no 8). Sums are
 * kept per tile and block of rows, added up per segment, and then by `conv2dBackpropFilterFinish`: short sums in place of one
 * long one. Reads x and dy once from memory, taps / 4 * outChannels / 8 times from the nearest cache.
 */
export function conv2dBackpropFilter(call: FilterGradient, from: i32, to: i32, scratch: usize): void {
  const panels = panelsOf(call);
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const dyStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  const copy = scratch + (pixels(call) as usize) * TILE_ROW;
  memory.fill(copy, 0, (paddedFloats(call) as usize) * FLOAT);
  for (let item = from; item < to; ) {
    const segment = item / panels;
    const first = item - segment * panels;
    const end = min(panels, first + to - item);
    const sums = sumsOf(call) + (item as usize) * (panelFloats(call) as usize) * FLOAT;
    memory.fill(sums, 0, ((end - first) as usize) * (panelFloats(call) as usize) * FLOAT);
    const lastImage = ((segment + 1) * call.batch) / segmentsOf(call);
    for (let n = (segment * call.batch) / segmentsOf(call); n < lastImage; ++n) {
      const image = call.x + (n as usize) * imageStep;
      addImage(call, image, call.dy + (n as usize) * dyStep, sums, first, end, scratch, copy);
    }
    item += end - first;
  }
}

/** Adds what one image gives to every tap, and to the channels of the panels [first, end). */
function addImage(
  call: FilterGradient,
  image: usize,
  dy: usize,
  sums: usize,
  first: i32,
  end: i32,
  edge: usize,
  copy: usize,
): void {
  const wholeChannels = call.outChannels & ~7;
  const edgeChannels = call.outChannels - wholeChannels;
  const rowFloats = call.outWidth * call.outChannels + call.strideHeight * call.paddedWidth * call.inChannels;
  const rows = max(1, BLOCK_FLOATS / rowFloats);
  if (call.padded) {
    pad(call, image, copy);
    image = copy;
  }
  if (edgeChannels && end === panelsOf(call)) {
    const dyStep = (call.outChannels as usize) * FLOAT;
    packPanels(dy + (wholeChannels as usize) * FLOAT, dyStep, FLOAT, pixels(call), edgeChannels, edge);
  }
  for (let row: i32 = 0; row < call.outHeight; row += rows) {
    addRows(call, image, dy, edge, sums, first, end, row, min(rows, call.outHeight - row));
  }
}

/** The same for some of its output rows. */
function addRows(
  call: FilterGradient,
  image: usize,
  dy: usize,
  edge: usize,
  sums: usize,
  first: i32,
  end: i32,
  row: i32,
  rows: i32,
): void {
  const down = (call.strideHeight as usize) * rowStep(call);
  const right = ((call.strideWidth * call.inChannels) as usize) * FLOAT;
  const firstPixel = (row * call.outWidth) as usize;
  image += (row as usize) * down;
  const tableRows = roundUpTo4(taps(call));
  for (let panel = first; panel < end; ++panel) {
    const channel = panel * TILE_COLUMNS;
    const whole = channel + TILE_COLUMNS <= call.outChannels;
    const bStep = whole ? (call.outChannels as usize) * FLOAT : TILE_ROW;
    const b = (whole ? dy + (channel as usize) * FLOAT : edge) + firstPixel * bStep;
    for (let tap: i32 = 0; tap < tableRows; tap += 4) {
      const at = call.shared + (tap as usize) * 4;
      const a0 = image + (load<u32>(at) as usize);
      const a1 = image + (load<u32>(at, 4) as usize);
      const a2 = image + (load<u32>(at, 8) as usize);
      const a3 = image + (load<u32>(at, 12) as usize);
      const c1 = sums + TILE_ROW;
      const c2 = sums + 2 * TILE_ROW;
      const c3 = sums + 3 * TILE_ROW;
      tile(a0, a1, a2, a3, rows, down, call.outWidth, right, b, bStep, sums, c1, c2, c3, true);
      sums += 4 * TILE_ROW;
    }
  }
}

/** dFilter = the sums of all segments, in their order, taken out of their panels. */
export function conv2dBackpropFilterFinish(call: FilterGradient): void {
  const panelStep = (panelFloats(call) as usize) * FLOAT;
  const floats = panelsOf(call) * panelFloats(call);
  let sums = sumsOf(call);
  for (let segment: i32 = 1; segment < segmentsOf(call); ++segment) {
    addTo(sums, sums + (segment as usize) * (floats as usize) * FLOAT, floats);
  }
  for (let channel: i32 = 0; channel < call.outChannels; channel += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, call.outChannels - channel);
    let from = sums;
    let to = call.dFilter + (channel as usize) * FLOAT;
    for (let tap: i32 = 0; tap < taps(call); ++tap) {
      copyTo(to, from, width);
      from += TILE_ROW;
      to += (call.outChannels as usize) * FLOAT;
    }
    sums += panelStep;
  }
}
