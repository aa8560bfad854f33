import { Geometry, paddedFloats, pixels, roundUpTo4, rowStep, taps, windowOffsets } from './geometry';
import { crop } from './image';
import { packPanels } from './panels';
import { TILE_COLUMNS, TILE_ROW, TILE_ROWS, tile } from './tile';
import { addTo, FLOAT, roundUpTo8 } from './vector';

/** Floats of the block between product and scatter: a quarter of the nearest cache. */
const BLOCK_FLOATS: i32 = 4096;

/** Pixels in a block: whole tiles, at least one. */
function blockPixels(g: Geometry): i32 {
  return max(TILE_ROWS, min(roundUpTo4(pixels(g)), (BLOCK_FLOATS / roundUpTo8(taps(g))) & ~3));
}

/** Floats that all threads share: the offsets, the packed filter. */
export function conv2dBackpropInputShared(g: Geometry): i32 {
  return roundUpTo4(pixels(g)) + roundUpTo8(taps(g)) * g.outChannels;
}

/** Floats of a thread's scratch: a block of products, the padded image. */
export function conv2dBackpropInputScratch(g: Geometry): i32 {
  return blockPixels(g) * roundUpTo8(taps(g)) + paddedFloats(g);
}

/** Fills what all threads share, which `conv2dBackpropInput` reads. */
export function conv2dBackpropInputPrepare(g: Geometry, filter: usize, shared: usize): void {
  windowOffsets(g, shared);
  packPanels(filter, FLOAT, (g.outChannels as usize) * FLOAT, g.outChannels, taps(g), panelsOf(g, shared));
}

function panelsOf(g: Geometry, shared: usize): usize {
  return shared + (roundUpTo4(pixels(g)) as usize) * 4;
}

/**
 * dx[n][h][w][c] = sum over r, s, o of dy[n][i][j][o] * w[r][s][c][o]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * Each pixel of dy times the transposed filter is what that pixel gives to every tap of its window, and is then added
 * to the window where it lies. Unlike a convolution with the flipped filter this multiplies no zeros between strides
 * or around the border. Reads dy once, writes dx once and adds to it filterHeight * filterWidth times in the cache. Its items
 * are images: windows of one image overlap.
 */
export function conv2dBackpropInput(
  g: Geometry,
  dy: usize,
  dx: usize,
  shared: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const columns = roundUpTo8(taps(g));
  const imageStep = ((g.inHeight * g.inWidth * g.inChannels) as usize) * FLOAT;
  const dyStep = (g.outChannels as usize) * FLOAT;
  const panels = panelsOf(g, shared);
  const products = scratch;
  const copy = products + ((blockPixels(g) * columns) as usize) * FLOAT;
  const copyBytes = (paddedFloats(g) as usize) * FLOAT;
  dx += (from as usize) * imageStep;
  dy += (from as usize) * (pixels(g) as usize) * dyStep;
  for (let n = from; n < to; ++n) {
    const image = g.padded ? copy : dx;
    memory.fill(image, 0, g.padded ? copyBytes : imageStep);
    for (let pixel: i32 = 0; pixel < pixels(g); pixel += blockPixels(g)) {
      const count = min(blockPixels(g), pixels(g) - pixel);
      multiplyPixels(dy + (pixel as usize) * dyStep, count, g.outChannels, panels, products, columns);
      scatterPixels(g, products, (columns as usize) * FLOAT, shared + (pixel as usize) * 4, count, image);
    }
    if (g.padded) {
      crop(copy, g.paddedHeight, g.paddedWidth, g.inChannels, dx, g.inHeight, g.inWidth, g.top, g.left);
    }
    dx += imageStep;
    dy += (pixels(g) as usize) * dyStep;
  }
}

/** products[p][t] = sum over o of dy[p][o] * w[t][o] for the pixels of a block. */
function multiplyPixels(
  dy: usize,
  count: i32,
  channels: i32,
  panel: usize,
  products: usize,
  columns: i32,
): void {
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

/** Adds each pixel's products to its window. */
function scatterPixels(
  g: Geometry,
  products: usize,
  rowBytes: usize,
  offsets: usize,
  count: i32,
  image: usize,
): void {
  const dense = g.dilationWidth === 1;
  const run = dense ? g.filterWidth * g.inChannels : g.inChannels;
  const runs = dense ? 1 : g.filterWidth;
  const right = ((g.dilationWidth * g.inChannels) as usize) * FLOAT;
  const down = (g.dilationHeight as usize) * rowStep(g);
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    let window = image + (load<u32>(offsets) as usize);
    let from = products;
    for (let row: i32 = 0; row < g.filterHeight; ++row) {
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
