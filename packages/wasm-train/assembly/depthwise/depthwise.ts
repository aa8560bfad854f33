/**
 * y[n][i][j][c * multiplier + q] = sum over r, s of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][q]
 *
 * Each pixel of y is written once: a table holds which pixels of x its window has, and their taps. Reads x once from memory and
 * once per window that covers it from the cache.
 */
import { Convolution } from '../conv2d/geometry';
import { FLOAT, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from '../vector';
import { ENTRY, metInputs } from './taps';

/** Bytes of the channels whose sums are kept in registers: four chains of additions hide the latency of one. */
const BLOCK: usize = 64;

/** Its items are rows of y. `table` is scratch space of depthwiseScratch floats, each thread its own. */
export function depthwise(call: Convolution, from: i32, to: i32, table: usize): void {
  const imageBytes = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const pixelBytes = (call.outChannels as usize) * FLOAT;
  let y = call.y + ((from * call.outWidth) as usize) * pixelBytes;
  for (let row = from; row < to; ++row) {
    const n = row / call.outHeight;
    const i = row - n * call.outHeight;
    const image = call.x + (n as usize) * imageBytes;
    for (let j: i32 = 0; j < call.outWidth; ++j) {
      const end = metInputs(call, i, j, table);
      if (call.outChannels === call.inChannels)
        sumProducts(image, call.filter, table, end, y, call.inChannels);
      else
        sumMultiples(image, call.filter, table, end, y, call.inChannels, call.outChannels / call.inChannels);
      y += pixelBytes;
    }
  }
}

/**
 * One pixel of y where each channel has one filter: y[c] = sum over the table of x[first + c] * filter[second + c]. So it is with dx, for
 * which x is dy.
 */
export function sumProducts(
  x: usize,
  filter: usize,
  table: usize,
  end: usize,
  y: usize,
  channels: i32,
): void {
  const bytes = (channels as usize) * FLOAT;
  const vectors = bytes & ~(VECTOR - 1);
  let at: usize = 0;
  for (; at + BLOCK <= bytes; at += BLOCK) sumBlock(x + at, filter + at, table, end, y + at);
  for (; at < vectors; at += VECTOR) sumLanes<v128, v128>(x + at, filter + at, table, end, y + at);
  for (; at < bytes; at += FLOAT) sumLanes<f32, f32>(x + at, filter + at, table, end, y + at);
}

/** The same, each channel with so many filters. */
function sumMultiples(
  x: usize,
  filter: usize,
  table: usize,
  end: usize,
  y: usize,
  channels: i32,
  multiplier: i32,
): void {
  for (let channel: i32 = 0; channel < channels; ++channel) {
    let q: i32 = 0;
    for (; q + LANES <= multiplier; q += LANES) {
      sumLanes<f32, v128>(x, filter, table, end, y);
      filter += VECTOR;
      y += VECTOR;
    }
    for (; q < multiplier; ++q) {
      sumLanes<f32, f32>(x, filter, table, end, y);
      filter += FLOAT;
      y += FLOAT;
    }
    x += FLOAT;
  }
}

/** 4 channels of y or 1, as L says; X is v128 if each has a channel of x, f32 if all have the same one. */
function sumLanes<X, L>(x: usize, filter: usize, table: usize, end: usize, y: usize): void {
  let sum = f32x4.splat(0);
  for (let entry = table; entry < end; entry += ENTRY) {
    const from = x + (load<u32>(entry) as usize);
    const a = sizeof<X>() === sizeof<L>() ? loadLanes<L>(from) : v128.load_splat<f32>(from);
    sum = multiplyAdd(a, loadLanes<L>(filter + (load<u32>(entry, 4) as usize)), sum);
  }
  storeLanes<L>(y, sum);
}

/** 16 channels of y. */
function sumBlock(x: usize, filter: usize, table: usize, end: usize, y: usize): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (let entry = table; entry < end; entry += ENTRY) {
    const a = x + (load<u32>(entry) as usize);
    const b = filter + (load<u32>(entry, 4) as usize);
    sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
    sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1);
    sum2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), sum2);
    sum3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), sum3);
  }
  v128.store(y, sum0);
  v128.store(y, sum1, 16);
  v128.store(y, sum2, 32);
  v128.store(y, sum3, 48);
}
