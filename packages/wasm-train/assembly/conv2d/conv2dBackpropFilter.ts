/**
 * dFilter[r][s][c][o] = sum over n, i, j of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][o]
 *
 * A matrix product whose left rows are the taps of the filter, each walking over the image where it lies, and whose
 * right rows are the pixels of dy where they lie (packed only for the last channels, where there are no 8). Sums are
 * kept per tile and block of rows, added up per segment, and then by `conv2dBackpropFilterFinish`: short sums in place of one
 * long one. Reads x and dy once from memory, taps / 4 * outChannels / 8 times from the nearest cache.
 */
import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_FLOATS, TILE_ROW, TILE_ROWS, Tile, tileAt } from '../matmul/tile';
import { addTo, copyTo, FLOAT, INT, roundUpTo8 } from '../vector';
import {
  endOfTable,
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

/** Floats of a thread's scratch: a tile, one packed panel of dy, the padded image. */
export function conv2dBackpropFilterScratch(g: Geometry): i32 {
  return TILE_FLOATS + pixels(g) * TILE_COLUMNS + paddedFloats(g);
}

function packedPanel(scratch: usize): usize {
  return scratch + (TILE_FLOATS as usize) * FLOAT;
}

function paddedImage(g: Geometry, scratch: usize): usize {
  return packedPanel(scratch) + (pixels(g) as usize) * TILE_ROW;
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
  return endOfTable(call.shared, taps(call));
}

/** Its items are those that `conv2dBackpropFilterItems` counts: the sums of a panel over the images of a segment. */
export function conv2dBackpropFilter(call: FilterGradient, from: i32, to: i32, scratch: usize): void {
  const panels = panelsOf(call);
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const dyStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  memory.fill(paddedImage(call, scratch), 0, (paddedFloats(call) as usize) * FLOAT);
  for (let item = from; item < to; ) {
    const segment = item / panels;
    const first = item - segment * panels;
    const end = min(panels, first + to - item);
    const sums = sumsOf(call) + (item as usize) * (panelFloats(call) as usize) * FLOAT;
    memory.fill(sums, 0, ((end - first) as usize) * (panelFloats(call) as usize) * FLOAT);
    const lastImage = ((segment + 1) * call.batch) / segmentsOf(call);
    for (let n = (segment * call.batch) / segmentsOf(call); n < lastImage; ++n) {
      const image = call.x + (n as usize) * imageStep;
      addImage(call, image, call.dy + (n as usize) * dyStep, sums, first, end, scratch);
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
  scratch: usize,
): void {
  const dyStep = (call.outChannels as usize) * FLOAT;
  const wholePanels = call.outChannels / TILE_COLUMNS;
  const rowFloats = call.outWidth * call.outChannels + call.strideHeight * call.paddedWidth * call.inChannels;
  const rows = max(1, BLOCK_FLOATS / rowFloats);
  const tile = tileAt(scratch);
  tile.inner = call.outWidth;
  tile.innerStep = ((call.strideWidth * call.inChannels) as usize) * FLOAT;
  tile.outerStep = (call.strideHeight as usize) * rowStep(call);
  if (call.padded) {
    pad(call, image, paddedImage(call, scratch));
    image = paddedImage(call, scratch);
  }
  if (wholePanels < end) {
    const channel = wholePanels * TILE_COLUMNS;
    const source = dy + (channel as usize) * FLOAT;
    packPanels(source, dyStep, FLOAT, pixels(call), call.outChannels - channel, packedPanel(scratch));
  }
  for (let row: i32 = 0; row < call.outHeight; row += rows) {
    tile.outer = min(rows, call.outHeight - row);
    const firstPixel = (row * call.outWidth) as usize;
    for (let panel = first; panel < end; ++panel) {
      const isWhole = panel < wholePanels;
      const b = isWhole ? dy + (panel as usize) * TILE_ROW : packedPanel(scratch);
      tile.bStep = isWhole ? dyStep : TILE_ROW;
      const panelSums = sums + ((panel - first) as usize) * (panelFloats(call) as usize) * FLOAT;
      addTaps(call, tile, image + (row as usize) * tile.outerStep, b + firstPixel * tile.bStep, panelSums);
    }
  }
}

/** Adds to the sums of one panel what some output rows, of windows that begin at `image`, give to every tap. */
function addTaps(call: FilterGradient, tile: Tile, image: usize, b: usize, sums: usize): void {
  for (let tap: i32 = 0; tap < roundUpTo4(taps(call)); tap += TILE_ROWS) {
    tile.takeOffsets(image, call.shared + (tap as usize) * INT);
    tile.giveAllRows(sums, TILE_ROW);
    tile.multiplyWhole(b, true);
    sums += (TILE_ROWS as usize) * TILE_ROW;
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
