import { Geometry } from './geometry';
import { FLOAT, LANES, multiplyAdd } from './vector';

/** Channels whose sums are kept in registers: four chains of additions hide the latency of one. */
const BLOCK: i32 = 16;

/**
 * dw[r][s][c][q] = sum over n, i, j of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][c * multiplier + q]
 *
 * A row of dy at a time, for each tap: sums along the row in registers, then added to dw, two short sums in place of one
 * long one. Reads x and dy once from memory, and once per tap from the cache.
 */
export function depthwiseBackpropFilter(g: Geometry, x: usize, dy: usize, dw: usize): void {
  const pixelBytes = (g.inChannels as usize) * FLOAT;
  const rowBytes = (g.inWidth as usize) * pixelBytes;
  const tapBytes = (g.outChannels as usize) * FLOAT;
  memory.fill(dw, 0, ((g.filterHeight * g.filterWidth) as usize) * tapBytes);
  for (let n: i32 = 0; n < g.batch; ++n) {
    for (let i: i32 = 0; i < g.outHeight; ++i) {
      for (let r: i32 = 0; r < g.filterHeight; ++r) {
        const h = i * g.strideHeight + r * g.dilationHeight - g.top;
        if (h < 0 || h >= g.inHeight) continue;
        const taps = dw + ((r * g.filterWidth) as usize) * tapBytes;
        addRow(g, x + (h as usize) * rowBytes, dy, taps);
      }
      dy += (g.outWidth as usize) * tapBytes;
    }
    x += (g.inHeight as usize) * rowBytes;
  }
}

/** Adds what one row of x and one of dy give to the taps of one row of the filter. */
function addRow(g: Geometry, x: usize, dy: usize, dw: usize): void {
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
      if (g.outChannels === g.inChannels) addProducts(from, step, gradient, end - first, g.inChannels, dw);
      else addMultiples(from, step, gradient, end - first, g.inChannels, g.outChannels, 0, dw);
    }
    dw += tapBytes;
  }
}

/** dw[c] += sum over count pixels of x[c] * dy[c] */
function addProducts(x: usize, step: usize, dy: usize, count: i32, channels: i32, dw: usize): void {
  const dyStep = (channels as usize) * FLOAT;
  let channel: i32 = 0;
  for (; channel + BLOCK <= channels; channel += BLOCK) {
    const at = (channel as usize) * FLOAT;
    let a = x + at;
    let b = dy + at;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let pixel: i32 = 0; pixel < count; ++pixel) {
      sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
      sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1);
      sum2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), sum2);
      sum3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), sum3);
      a += step;
      b += dyStep;
    }
    const to = dw + at;
    v128.store(to, f32x4.add(v128.load(to), sum0));
    v128.store(to, f32x4.add(v128.load(to, 16), sum1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), sum2), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), sum3), 48);
  }
  for (; channel + LANES <= channels; channel += LANES) {
    const at = (channel as usize) * FLOAT;
    let a = x + at;
    let b = dy + at;
    let sum = f32x4.splat(0);
    for (let pixel: i32 = 0; pixel < count; ++pixel) {
      sum = multiplyAdd(v128.load(a), v128.load(b), sum);
      a += step;
      b += dyStep;
    }
    v128.store(dw + at, f32x4.add(v128.load(dw + at), sum));
  }
  addMultiples(x, step, dy, count, channels, channels, channel, dw);
}

/** The same from one channel of dy on, each channel of x with outChannels / inChannels of dy. */
function addMultiples(
  x: usize,
  step: usize,
  dy: usize,
  count: i32,
  inChannels: i32,
  outChannels: i32,
  channel: i32,
  dw: usize,
): void {
  const multiplier = outChannels / inChannels;
  const dyStep = (outChannels as usize) * FLOAT;
  for (; channel < outChannels; ++channel) {
    const at = (channel as usize) * FLOAT;
    let a = x + ((channel / multiplier) as usize) * FLOAT;
    let b = dy + at;
    let sum: f32 = 0;
    for (let pixel: i32 = 0; pixel < count; ++pixel) {
      sum += load<f32>(a) * load<f32>(b);
      a += step;
      b += dyStep;
    }
    store<f32>(dw + at, load<f32>(dw + at) + sum);
  }
}
