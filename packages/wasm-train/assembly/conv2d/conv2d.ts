/**
 * y[n][i][j][o] = sum over r, s, c of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][o]
 *
 * A matrix product whose left rows are the windows of the image where they lie, addressed by one pointer each: nothing
 * is unfolded. Reads x filterHeight * filterWidth times from the nearest cache and about once from memory; writes y
 * once. Images of one channel may do better without a matrix: see conv2dOneChannel.ts.
 */
import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_FLOATS, TILE_ROW, TILE_ROWS, Tile, tileAt } from '../matmul/tile';
import { FLOAT, INT, roundUpTo8 } from '../vector';
import { convolveRow, fitsOneChannel } from './conv2dOneChannel';
import {
  Convolution,
  endOfTable,
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

/** Floats of a thread's scratch: a tile, the padded image. */
export function conv2dScratch(g: Geometry): i32 {
  return TILE_FLOATS + paddedFloats(g);
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
  packPanels(
    call.filter,
    (channels as usize) * FLOAT,
    FLOAT,
    taps(call),
    channels,
    endOfTable(call.shared, pixels(call)),
  );
}

/** Its items are those that `conv2dItems` counts. `scratch` holds conv2dScratch floats, each thread its own. */
export function conv2d(call: Convolution, from: i32, to: i32, scratch: usize): void {
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const resultStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  const down = (call.strideHeight as usize) * rowStep(call);
  const yRowStep = ((call.outWidth * call.outChannels) as usize) * FLOAT;
  const copy = scratch + (TILE_FLOATS as usize) * FLOAT;
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
      convolveBlock(call, tileAt(scratch), image, result, pixel, min(pixel + PIXEL_BLOCK, pixels(call)));
    }
  }
}

/** All output channels of the pixels [begin, end) of one image. */
function convolveBlock(call: Convolution, tile: Tile, image: usize, y: usize, begin: i32, end: i32): void {
  const offsets = call.shared;
  let panel = endOfTable(call.shared, pixels(call));
  const channelStep = (call.inChannels as usize) * FLOAT;
  const yStep = (call.outChannels as usize) * FLOAT;
  const down = (call.dilationHeight as usize) * rowStep(call);
  // Undilated, a filter row meets consecutive floats, and a tile does all rows at once; dilated, one after the other.
  const dense = call.dilationWidth === 1;
  const times = dense ? 1 : call.filterHeight;
  tile.outer = dense ? call.filterHeight : call.filterWidth;
  tile.outerStep = dense ? down : (call.dilationWidth as usize) * channelStep;
  tile.inner = dense ? call.filterWidth * call.inChannels : call.inChannels;
  tile.innerStep = FLOAT;
  tile.bStep = TILE_ROW;
  const panelStep = ((tile.outer * tile.inner) as usize) * TILE_ROW;
  for (let channel: i32 = 0; channel < call.outChannels; channel += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, call.outChannels - channel);
    for (let pixel: i32 = begin; pixel < end; pixel += TILE_ROWS) {
      // With fewer channels than a tile has columns, what a row has too many falls on later pixels of the block, which overwrite it:
      // a tile writes its rows in their order.
      const overlaps = call.outChannels < TILE_COLUMNS;
      const room = (end - pixel - (TILE_ROWS - 1)) * call.outChannels;
      const columns = overlaps && room >= TILE_COLUMNS ? TILE_COLUMNS : width;
      tile.takeOffsets(image, offsets + (pixel as usize) * INT);
      tile.giveRows(y + (channel as usize) * FLOAT, yStep, pixel, end - 1);
      tile.multiply(panel, columns, false);
      for (let time: i32 = 1; time < times; ++time) {
        tile.takeNext(down);
        tile.multiply(panel + (time as usize) * panelStep, columns, true);
      }
    }
    panel += (taps(call) as usize) * TILE_ROW;
  }
}
