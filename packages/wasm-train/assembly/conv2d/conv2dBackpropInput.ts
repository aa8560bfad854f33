import { packPanels } from '../matmul/panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from '../matmul/tile';
import { addTo, FLOAT, roundUpTo8 } from '../vector';
import {
  addImageByRows,
  fitsRows,
  packedRowsFloats,
  packRows,
  rowProductsFloats,
} from './conv2dBackpropInputRows';
import {
  Geometry,
  InputGradient,
  paddedFloats,
  pixels,
  roundUpTo4,
  rowStep,
  taps,
  windowOffsets,
} from './geometry';
import { crop } from './image';

/** Floats of the block between product and scatter: a quarter of the nearest cache. */
const BLOCK_FLOATS: i32 = 4096;

/** Pixels in a block: whole tiles, at least one. */
function blockPixels(g: Geometry): i32 {
  return max(TILE_ROWS, min(roundUpTo4(pixels(g)), (BLOCK_FLOATS / roundUpTo8(taps(g))) & ~3));
}

/** Floats that all threads share: the offsets, if they are needed, and the packed filter. */
export function conv2dBackpropInputShared(g: Geometry): i32 {
  if (fitsRows(g)) return packedRowsFloats(g);
  return roundUpTo4(pixels(g)) + roundUpTo8(taps(g)) * g.outChannels;
}

/** Floats of a thread's scratch: a block of products, the padded image. */
export function conv2dBackpropInputScratch(g: Geometry): i32 {
  return productFloats(g) + paddedFloats(g);
}

function productFloats(g: Geometry): i32 {
  return fitsRows(g) ? rowProductsFloats(g) : blockPixels(g) * roundUpTo8(taps(g));
}

/** Fills what all threads share, which `conv2dBackpropInput` reads. */
export function conv2dBackpropInputPrepare(call: InputGradient): void {
  if (fitsRows(call)) {
    packRows(call, call.shared);
    return;
  }
  const channels = call.outChannels;
  windowOffsets(call, call.shared);
  packPanels(call.filter, FLOAT, (channels as usize) * FLOAT, channels, taps(call), panelsOf(call));
}

function panelsOf(call: InputGradient): usize {
  return call.shared + (roundUpTo4(pixels(call)) as usize) * 4;
}

/**
 * dx[n][h][w][c] = sum over r, s, o of dy[n][i][j][o] * w[r][s][c][o]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * Each pixel of dy times the transposed filter is what that pixel gives to every tap of its window, and is then added
 * to the window where it lies. Unlike a convolution with the flipped filter this multiplies no zeros between strides
 * or around the border. Reads dy once, writes dx once and adds to it filterHeight * filterWidth times in the cache. Its items
 * are images: windows of one image overlap. Rows of dx may do better one by one: see conv2dBackpropInputRows.ts.
 */
export function conv2dBackpropInput(call: InputGradient, from: i32, to: i32, scratch: usize): void {
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const dyStep = (call.outChannels as usize) * FLOAT;
  const products = scratch;
  const copy = products + (productFloats(call) as usize) * FLOAT;
  const copyBytes = (paddedFloats(call) as usize) * FLOAT;
  let dx = call.dx + (from as usize) * imageStep;
  let dy = call.dy + (from as usize) * (pixels(call) as usize) * dyStep;
  for (let n = from; n < to; ++n) {
    const image = call.padded ? copy : dx;
    memory.fill(image, 0, call.padded ? copyBytes : imageStep);
    if (fitsRows(call)) addImageByRows(call, dy, call.shared, products, image);
    else addImage(call, dy, products, image);
    if (call.padded) crop(call, copy, dx);
    dx += imageStep;
    dy += (pixels(call) as usize) * dyStep;
  }
}

/** Adds to the padded image what an image of dy gives, pixel by pixel. */
function addImage(call: InputGradient, dy: usize, products: usize, image: usize): void {
  const dyStep = (call.outChannels as usize) * FLOAT;
  for (let pixel: i32 = 0; pixel < pixels(call); pixel += blockPixels(call)) {
    const count = min(blockPixels(call), pixels(call) - pixel);
    multiplyPixels(call, dy + (pixel as usize) * dyStep, count, products);
    scatterPixels(call, products, pixel, count, image);
  }
}

/** products[p][t] = sum over o of dy[p][o] * w[t][o] for the pixels of a block. */
function multiplyPixels(call: InputGradient, dy: usize, count: i32, products: usize): void {
  const channels = call.outChannels;
  const columns = roundUpTo8(taps(call));
  let panel = panelsOf(call);
  const dyStep = (channels as usize) * FLOAT;
  const rowBytes = (columns as usize) * FLOAT;
  const last = (count - 1) as usize;
  for (let column: i32 = 0; column < columns; column += TILE_COLUMNS) {
    let c0 = products + (column as usize) * FLOAT;
    for (let pixel: i32 = 0; pixel < count; pixel += TILE_ROWS) {
      const a0 = dy + (pixel as usize) * dyStep;
      const a1 = dy + min((pixel as usize) + 1, last) * dyStep;
      const a2 = dy + min((pixel as usize) + 2, last) * dyStep;
      const a3 = dy + min((pixel as usize) + 3, last) * dyStep;
      const c1 = c0 + rowBytes;
      const c2 = c1 + rowBytes;
      const c3 = c2 + rowBytes;
      tile(a0, a1, a2, a3, 1, 0, channels, FLOAT, panel, TILE_ROW, c0, c1, c2, c3, false);
      c0 = c3 + rowBytes;
    }
    panel += (channels as usize) * TILE_ROW;
  }
}

/** Adds the products of `count` pixels, from `first` on, to their windows. */
function scatterPixels(call: InputGradient, products: usize, first: i32, count: i32, image: usize): void {
  const rowBytes = (roundUpTo8(taps(call)) as usize) * FLOAT;
  let offsets = call.shared + (first as usize) * 4;
  const dense = call.dilationWidth === 1;
  const run = dense ? call.filterWidth * call.inChannels : call.inChannels;
  const runs = dense ? 1 : call.filterWidth;
  const right = ((call.dilationWidth * call.inChannels) as usize) * FLOAT;
  const down = (call.dilationHeight as usize) * rowStep(call);
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    let window = image + (load<u32>(offsets) as usize);
    let from = products;
    for (let row: i32 = 0; row < call.filterHeight; ++row) {
      let to = window;
      for (let i: i32 = 0; i < runs; ++i) {
        addTo(to, from, run);
        from += (run as usize) * FLOAT;
        to += right;
      }
      window += down;
    }
    products += rowBytes;
    offsets += 4;
  }
}
