import { FilterGradient, Geometry } from '../conv2d/geometry';
import { FLOAT, LANES, multiplyAdd } from '../vector';

/** Channels whose sums are kept in registers: four chains of additions hide the latency of one. */
const BLOCK: i32 = 16;

/**
 * dFilter[r][s][c][q] = sum over n, i, j of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][c * multiplier + q]
 *
 * A row of dy at a time, for each tap: sums along the row in registers, then added to dFilter, two short sums in place of one
 * long one. Reads x and dy once from memory, and once per tap from the cache.
 */
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
        const h = i * call.strideHeight + r * call.dilationHeight - call.top;
        if (h < 0 || h >= call.inHeight) continue;
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
      else addMultiples(from, step, gradient, end - first, g.inChannels, g.outChannels, 0, dFilter);
    }
    dFilter += tapBytes;
  }
}

/** dFilter[c] += sum over count pixels of x[c] * dy[c] */
function addProducts(x: usize, step: usize, dy: usize, count: i32, channels: i32, dFilter: usize): void {
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
    const to = dFilter + at;
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
    v128.store(dFilter + at, f32x4.add(v128.load(dFilter + at), sum));
  }
  addMultiples(x, step, dy, count, channels, channels, channel, dFilter);
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
  dFilter: usize,
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
    store<f32>(dFilter + at, load<f32>(dFilter + at) + sum);
  }
}
