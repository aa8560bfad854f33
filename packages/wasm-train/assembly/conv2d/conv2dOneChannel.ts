/**
 * The convolution of images of one channel in vectors along the width: neighbouring pixels of y meet neighbouring pixels of x. A tile
 * of matmul has vectors along the output channels, of which such a layer often has few, and no multiple of 8.
 */
import { FLOAT, multiplyAdd, roundUpTo8 } from '../vector';
import { Convolution, Geometry, rowStep } from './geometry';

/** Pixels and output channels of a block: 9 accumulators of 4 floats. */
const PIXELS: i32 = 12;
const CHANNELS: i32 = 3;

/** The least multiple of `step` that is not below n. */
function roundUp(n: i32, step: i32): i32 {
  return ((n + step - 1) / step) * step;
}

/** Whether these blocks fit the shape, and compute fewer numbers in vain than tiles would. */
export function fitsOneChannel(g: Geometry): bool {
  if (g.inChannels !== 1 || g.strideWidth !== 1 || g.outWidth < PIXELS) return false;
  const own = roundUp(g.outWidth, PIXELS) * roundUp(g.outChannels, CHANNELS);
  return own < g.outWidth * roundUpTo8(g.outChannels);
}

/** One row of y: of an image whose windows begin at `x`. The last block repeats what it shares with the one before. */
export function convolveRow(call: Convolution, x: usize, y: usize): void {
  for (let channel: i32 = 0; channel < call.outChannels; channel += CHANNELS) {
    for (let pixel: i32 = 0; pixel < call.outWidth; pixel += PIXELS) {
      const first = min(pixel, call.outWidth - PIXELS);
      const yBlock = y + ((first * call.outChannels + channel) as usize) * FLOAT;
      convolvePixels(call, x + (first as usize) * FLOAT, channel, yBlock);
    }
  }
}

/** 12 pixels of up to 3 output channels; of fewer, the last is computed again. */
function convolvePixels(call: Convolution, x: usize, channel: i32, y: usize): void {
  const width = min(CHANNELS, call.outChannels - channel);
  const second = (min(1, width - 1) as usize) * FLOAT;
  const third = ((width - 1) as usize) * FLOAT;
  const wStep = (call.outChannels as usize) * FLOAT;
  const right = (call.dilationWidth as usize) * FLOAT;
  const jump = (call.dilationHeight as usize) * rowStep(call) - (call.filterWidth as usize) * right;
  let w = call.filter + (channel as usize) * FLOAT;
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let c2 = f32x4.splat(0);
  for (let row = call.filterHeight; row > 0; --row) {
    for (let column = call.filterWidth; column > 0; --column) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      const wa = v128.load_splat<f32>(w);
      a0 = multiplyAdd(wa, x0, a0);
      a1 = multiplyAdd(wa, x1, a1);
      a2 = multiplyAdd(wa, x2, a2);
      const wb = v128.load_splat<f32>(w + second);
      b0 = multiplyAdd(wb, x0, b0);
      b1 = multiplyAdd(wb, x1, b1);
      b2 = multiplyAdd(wb, x2, b2);
      const wc = v128.load_splat<f32>(w + third);
      c0 = multiplyAdd(wc, x0, c0);
      c1 = multiplyAdd(wc, x1, c1);
      c2 = multiplyAdd(wc, x2, c2);
      x += right;
      w += wStep;
    }
    x += jump;
  }
  storePixels(y, wStep, width, a0, b0, c0);
  storePixels(y + 4 * wStep, wStep, width, a1, b1, c1);
  storePixels(y + 8 * wStep, wStep, width, a2, b2, c2);
}

/** The channels of 4 pixels that lie `step` bytes apart. */
function storePixels(y: usize, step: usize, width: i32, a: v128, b: v128, c: v128): void {
  const y1 = y + step;
  const y2 = y1 + step;
  const y3 = y2 + step;
  if (width === 1) {
    v128.store_lane<f32>(y, a, 0);
    v128.store_lane<f32>(y1, a, 1);
    v128.store_lane<f32>(y2, a, 2);
    v128.store_lane<f32>(y3, a, 3);
    return;
  }
  const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  v128.store_lane<f64>(y, low, 0);
  v128.store_lane<f64>(y1, low, 1);
  v128.store_lane<f64>(y2, high, 0);
  v128.store_lane<f64>(y3, high, 1);
  if (width === 2) return;
  v128.store_lane<f32>(y, c, 0, 8);
  v128.store_lane<f32>(y1, c, 1, 8);
  v128.store_lane<f32>(y2, c, 2, 8);
  v128.store_lane<f32>(y3, c, 3, 8);
}
