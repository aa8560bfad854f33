/**
 * dFilter[r][s][c][q] = sum over n, i, j of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][c * multiplier + q]
 *
 * A row of dy at a time, for each tap: sums along the row in registers, then added to dFilter, two short sums in place of one
 * long one. Reads x and dy once from memory, and once per tap from the cache.
 */
import { FilterGradient, Geometry } from '../conv2d/geometry';
import { FLOAT, loadLanes, multiplyAdd, storeLanes, VECTOR } from '../vector';
import { WindowAxis } from '../windowAxis';

/** Bytes of the channels whose sums are kept in registers: four chains of additions hide the latency of one. */
const BLOCK: usize = 64;

export function depthwiseBackpropFilter(call: FilterGradient): void {
  let x = call.x;
  let dy = call.dy;
  const pixelBytes = (call.inChannels as usize) * FLOAT;
  const rowBytes = (call.inWidth as usize) * pixelBytes;
  const tapBytes = (call.outChannels as usize) * FLOAT;
  memory.fill(call.dFilter, 0, ((call.filterHeight * call.filterWidth) as usize) * tapBytes);
  for (let n: i32 = 0; n < call.batch; ++n) {
    for (let i: i32 = 0; i < call.outHeight; ++i) {
      for (let r: i32 = 0; r < call.filterHeight; ++r) {
        const h = WindowAxis.inputAt(i, r, call.strideHeight, call.dilationHeight, call.top, call.inHeight);
        if (h < 0) continue;
        const taps = call.dFilter + ((r * call.filterWidth) as usize) * tapBytes;
        addRow(call, x + (h as usize) * rowBytes, dy, taps);
      }
      dy += (call.outWidth as usize) * tapBytes;
    }
    x += (call.inHeight as usize) * rowBytes;
  }
}

/** Adds what one row of x and one of dy give to the taps of one row of the filter. */
function addRow(g: Geometry, x: usize, dy: usize, dFilter: usize): void {
  const pixelBytes = (g.inChannels as usize) * FLOAT;
  const tapBytes = (g.outChannels as usize) * FLOAT;
  const step = (g.strideWidth as usize) * pixelBytes;
  for (let s: i32 = 0; s < g.filterWidth; ++s) {
    // The pixels j of dy for which j * stride + offset is inside of x.
    const offset = s * g.dilationWidth - g.left;
    const first = offset < 0 ? (g.strideWidth - 1 - offset) / g.strideWidth : 0;
    const room = g.inWidth - offset;
    const end = room > 0 ? min(g.outWidth, (room + g.strideWidth - 1) / g.strideWidth) : 0;
    if (first < end) {
      const from = x + ((first * g.strideWidth + offset) as usize) * pixelBytes;
      const gradient = dy + (first as usize) * tapBytes;
      if (g.outChannels === g.inChannels)
        addProducts(from, step, gradient, end - first, g.inChannels, dFilter);
      else addMultiples(from, step, gradient, end - first, g.inChannels, g.outChannels, dFilter);
    }
    dFilter += tapBytes;
  }
}

/** dFilter[c] += sum over count pixels of x[c] * dy[c] */
function addProducts(x: usize, step: usize, dy: usize, count: i32, channels: i32, dFilter: usize): void {
  const bytes = (channels as usize) * FLOAT;
  const vectors = bytes & ~(VECTOR - 1);
  let at: usize = 0;
  for (; at + BLOCK <= bytes; at += BLOCK) addBlock(x + at, step, dy + at, bytes, count, dFilter + at);
  for (; at < vectors; at += VECTOR) addLanes<v128>(x + at, step, dy + at, bytes, count, dFilter + at);
  for (; at < bytes; at += FLOAT) addLanes<f32>(x + at, step, dy + at, bytes, count, dFilter + at);
}

/** The same, each channel of x with outChannels / inChannels of dy. */
function addMultiples(
  x: usize,
  step: usize,
  dy: usize,
  count: i32,
  inChannels: i32,
  outChannels: i32,
  dFilter: usize,
): void {
  const multiplier = outChannels / inChannels;
  const dyStep = (outChannels as usize) * FLOAT;
  for (let channel: i32 = 0; channel < outChannels; ++channel) {
    const at = (channel as usize) * FLOAT;
    const from = x + ((channel / multiplier) as usize) * FLOAT;
    addLanes<f32>(from, step, dy + at, dyStep, count, dFilter + at);
  }
}

/** 4 channels or 1, as L says. */
function addLanes<L>(x: usize, step: usize, dy: usize, dyStep: usize, count: i32, dFilter: usize): void {
  let sum = f32x4.splat(0);
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    sum = multiplyAdd(loadLanes<L>(x), loadLanes<L>(dy), sum);
    x += step;
    dy += dyStep;
  }
  storeLanes<L>(dFilter, f32x4.add(loadLanes<L>(dFilter), sum));
}

/** 16 channels. */
function addBlock(x: usize, step: usize, dy: usize, dyStep: usize, count: i32, dFilter: usize): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (let pixel: i32 = 0; pixel < count; ++pixel) {
    sum0 = multiplyAdd(v128.load(x), v128.load(dy), sum0);
    sum1 = multiplyAdd(v128.load(x, 16), v128.load(dy, 16), sum1);
    sum2 = multiplyAdd(v128.load(x, 32), v128.load(dy, 32), sum2);
    sum3 = multiplyAdd(v128.load(x, 48), v128.load(dy, 48), sum3);
    x += step;
    dy += dyStep;
  }
  v128.store(dFilter, f32x4.add(v128.load(dFilter), sum0));
  v128.store(dFilter, f32x4.add(v128.load(dFilter, 16), sum1), 16);
  v128.store(dFilter, f32x4.add(v128.load(dFilter, 32), sum2), 32);
  v128.store(dFilter, f32x4.add(v128.load(dFilter, 48), sum3), 48);
}
