/**
 * dx[n][h][w][c] = sum over r, s, o of dy[n][i][j][o] * w[r][s][c][o]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * Each pixel of dy times the transposed filter is what that pixel gives to every tap of its window, and is then added
 * to the window where it lies. Unlike a convolution with the flipped filter this multiplies no zeros between strides
 * or around the border. Reads dy once, writes dx once and adds to it filterHeight * filterWidth times in the cache, or filterWidth
 * times row by row.
 */
import { TILE_FLOATS } from '../matmul/tile';
import { FLOAT } from '../vector';
import {
  addPixels,
  filterRows,
  fitsRows,
  packedFloats,
  packFilter,
  productFloats,
} from './conv2dBackpropInputPixels';
import {
  Geometry,
  InputGradient,
  paddedFloats,
  pixels,
  roundUpTo4,
  rowStep,
  windowOffsets,
} from './geometry';
import { crop } from './image';

/** Floats that all threads share: the offsets, the packed filter. */
export function conv2dBackpropInputShared(g: Geometry): i32 {
  return roundUpTo4(pixels(g)) + packedFloats(g);
}

/** Floats of a thread's scratch: a tile, a block of products, the padded image. */
export function conv2dBackpropInputScratch(g: Geometry): i32 {
  return TILE_FLOATS + productFloats(g) + paddedFloats(g);
}

/** Fills what all threads share, which `conv2dBackpropInput` reads. */
export function conv2dBackpropInputPrepare(call: InputGradient): void {
  windowOffsets(call, call.shared);
  packFilter(call);
}

/** Its items are images: windows of one image overlap. */
export function conv2dBackpropInput(call: InputGradient, from: i32, to: i32, scratch: usize): void {
  const imageStep = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const dyStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  const copy = scratch + ((TILE_FLOATS + productFloats(call)) as usize) * FLOAT;
  const copyBytes = (paddedFloats(call) as usize) * FLOAT;
  let dx = call.dx + (from as usize) * imageStep;
  let dy = call.dy + (from as usize) * dyStep;
  for (let n = from; n < to; ++n) {
    const image = call.padded ? copy : dx;
    memory.fill(image, 0, call.padded ? copyBytes : imageStep);
    if (fitsRows(call)) addImageByRows(call, scratch, dy, image);
    else addPixels(call, scratch, dy, 0, filterRows(call), pixels(call), image);
    if (call.padded) crop(call, copy, dx);
    dx += imageStep;
    dy += dyStep;
  }
}

/**
 * Adds to the padded image what an image of dy gives, row by row. A row of dx meets rows of dy that follow each other, each through a row
 * of the filter; rows of dx that meet the same rows of the filter go together.
 */
function addImageByRows(call: InputGradient, scratch: usize, dy: usize, image: usize): void {
  const dyRowBytes = ((call.outWidth * call.outChannels) as usize) * FLOAT;
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
    if (first < end) {
      const dyRow = dy + ((h - first * call.dilationHeight) as usize) * dyRowBytes;
      const count = (next - h) * call.outWidth;
      addPixels(call, scratch, dyRow, first, end, count, image + (h as usize) * rowStep(call));
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
