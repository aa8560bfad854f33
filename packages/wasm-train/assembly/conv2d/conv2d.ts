import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from '../matmul/tile';
import { copyTo, FLOAT, roundUpTo8 } from '../vector';
import { convolveRow, fitsOneChannel } from './conv2dOneChannel';
import {
  Convolution,
  Geometry,
  paddedFloats,
  pixels,
  roundUpTo4,
  rowStep,
  taps,
  windowOffsets,
} from './geometry';
import { pad } from './image';

/** Pixels that meet a panel of the filter before the next panel: their windows stay in the nearest cache. */
const PIXEL_BLOCK: i32 = 48;

/** Floats that all threads share: the offsets, the packed filter. */
export function conv2dShared(g: Geometry): i32 {
  return roundUpTo4(pixels(g)) + roundUpTo8(g.outChannels) * taps(g);
}

/** Floats of a thread's scratch: a tile's edge, the padded image. */
export function conv2dScratch(g: Geometry): i32 {
  return TILE_ROWS * TILE_COLUMNS + paddedFloats(g);
}

/** Items of `conv2d`: blocks of pixels, or rows. */
export function conv2dItems(g: Geometry): i32 {
  return g.batch * blocksOf(g);
}

/** Blocks of an image. */
function blocksOf(g: Geometry): i32 {
  return fitsOneChannel(g) ? g.outHeight : (pixels(g) + PIXEL_BLOCK - 1) / PIXEL_BLOCK;
}

/** Fills what all threads share, which `conv2d` reads. */
export function conv2dPrepare(call: Convolution): void {
  if (fitsOneChannel(call)) return;
  const channels = call.outChannels;
  windowOffsets(call, call.shared);
  packPanels(call.filter, (channels as usize) * FLOAT, FLOAT, taps(call), channels, panelsOf(call));
}

function panelsOf(call: Convolution): usize {
  return call.shared + (roundUpTo4(pixels(call)) as usize) * 4;
}

/**
 * y[n][i][j][o] = sum over r, s, c of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][o]
 *
 * A matrix product whose left rows are the windows of the image where they lie, addressed by one pointer each: nothing
 * is unfolded. Reads x filterHeight * filterWidth times from the nearest cache and about once from memory; writes y
 * once. Images of one channel may do better without a matrix: see conv2dOneChannel.ts.
 */
export function conv2d(call: Convolution, from: i32, to: i32, scratch: usize): void {
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const resultStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  const down = (call.strideHeight as usize) * rowStep(call);
  const yRowStep = ((call.outWidth * call.outChannels) as usize) * FLOAT;
  const edge = scratch;
  const copy = edge + (TILE_ROWS as usize) * TILE_ROW;
  memory.fill(copy, 0, (paddedFloats(call) as usize) * FLOAT);
  for (let block = from; block < to; ) {
    const n = block / blocksOf(call);
    const first = n * blocksOf(call);
    const end = min(to, first + blocksOf(call));
    let image = call.x + (n as usize) * imageStep;
    if (call.padded) {
      pad(call, image, copy);
      image = copy;
    }
    const result = call.y + (n as usize) * resultStep;
    if (fitsOneChannel(call)) {
      for (; block < end; ++block) {
        const row = (block - first) as usize;
        convolveRow(call, image + row * down, result + row * yRowStep);
      }
      continue;
    }
    for (; block < end; ++block) {
      const pixel = (block - first) * PIXEL_BLOCK;
      convolveBlock(call, image, result, pixel, min(pixel + PIXEL_BLOCK, pixels(call)), edge);
    }
  }
}

/** All output channels of the pixels [begin, end) of one image. */
function convolveBlock(call: Convolution, image: usize, y: usize, begin: i32, end: i32, edge: usize): void {
  const offsets = call.shared;
  let panel = panelsOf(call);
  const channelStep = (call.inChannels as usize) * FLOAT;
  const yStep = (call.outChannels as usize) * FLOAT;
  const down = (call.dilationHeight as usize) * rowStep(call);
  // Undilated, a filter row meets consecutive floats, and one call does all rows; dilated, one call does one row.
  const dense = call.dilationWidth === 1;
  const calls = dense ? 1 : call.filterHeight;
  const outer = dense ? call.filterHeight : call.filterWidth;
  const outerStep = dense ? down : (call.dilationWidth as usize) * channelStep;
  const inner = dense ? call.filterWidth * call.inChannels : call.inChannels;
  const panelStep = ((outer * inner) as usize) * TILE_ROW;
  const last = (end - 1) as usize;
  for (let channel: i32 = 0; channel < call.outChannels; channel += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, call.outChannels - channel);
    const yColumn = y + (channel as usize) * FLOAT;
    for (let pixel: i32 = begin; pixel < end; pixel += TILE_ROWS) {
      const at = offsets + (pixel as usize) * 4;
      const y0 = yColumn + (pixel as usize) * yStep;
      const y1 = yColumn + min((pixel as usize) + 1, last) * yStep;
      const y2 = yColumn + min((pixel as usize) + 2, last) * yStep;
      const y3 = yColumn + min((pixel as usize) + 3, last) * yStep;
      // With fewer channels than a tile has columns, what a row has too many falls on later pixels of the block, which overwrite it:
      // a tile writes its rows in their order.
      const overlaps = call.outChannels < TILE_COLUMNS;
      const room = (end - pixel - (TILE_ROWS - 1)) * call.outChannels;
      const inPlace = width === TILE_COLUMNS || (overlaps && room >= TILE_COLUMNS);
      const c0 = inPlace ? y0 : edge;
      const c1 = inPlace ? y1 : edge + TILE_ROW;
      const c2 = inPlace ? y2 : edge + 2 * TILE_ROW;
      const c3 = inPlace ? y3 : edge + 3 * TILE_ROW;
      let x0 = image + (load<u32>(at) as usize);
      let x1 = image + (load<u32>(at, 4) as usize);
      let x2 = image + (load<u32>(at, 8) as usize);
      let x3 = image + (load<u32>(at, 12) as usize);
      let b = panel;
      for (let call: i32 = 0; call < calls; ++call) {
        tile(x0, x1, x2, x3, outer, outerStep, inner, FLOAT, b, TILE_ROW, c0, c1, c2, c3, call > 0);
        x0 += down;
        x1 += down;
        x2 += down;
        x3 += down;
        b += panelStep;
      }
      if (!inPlace) {
        copyTo(y0, c0, width);
        copyTo(y1, c1, width);
        copyTo(y2, c2, width);
        copyTo(y3, c3, width);
      }
    }
    panel += (taps(call) as usize) * TILE_ROW;
  }
}
