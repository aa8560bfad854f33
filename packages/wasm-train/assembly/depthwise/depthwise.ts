import { Convolution, Geometry } from '../conv2d/geometry';
import { FLOAT, LANES, multiplyAdd, VECTOR } from '../vector';

/** Channels whose sums are kept in registers: four chains of additions hide the latency of one. */
const BLOCK: i32 = 16;

/** Entries of a thread's scratch, 4 bytes each: two for each tap of a window that lies inside of x. */
export function depthwiseScratch(g: Geometry): i32 {
  return 2 * g.filterHeight * g.filterWidth;
}

/**
 * y[n][i][j][c * multiplier + q] = sum over r, s of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][q]
 *
 * Each pixel of y is written once: a table holds which pixels of x its window has, and their taps. Reads x once from memory and
 * once per window that covers it from the cache. Its items are rows of y.
 */
export function depthwise(call: Convolution, from: i32, to: i32, table: usize): void {
  const imageBytes = ((call.inHeight * call.inWidth * call.inChannels) as usize) * FLOAT;
  const pixelBytes = (call.outChannels as usize) * FLOAT;
  let y = call.y + ((from * call.outWidth) as usize) * pixelBytes;
  for (let row = from; row < to; ++row) {
    const n = row / call.outHeight;
    const i = row - n * call.outHeight;
    const image = call.x + (n as usize) * imageBytes;
    for (let j: i32 = 0; j < call.outWidth; ++j) {
      const end = findWindow(call, i, j, table);
      if (call.outChannels === call.inChannels)
        sumProducts(image, call.filter, table, end, y, call.inChannels);
      else
        sumMultiples(image, call.filter, table, end, y, call.inChannels, call.outChannels / call.inChannels);
      y += pixelBytes;
    }
  }
}

/** Writes (bytes from the image's start, bytes to the tap) for each pixel of a window inside of x; returns the table's end. */
function findWindow(g: Geometry, i: i32, j: i32, table: usize): usize {
  for (let r: i32 = 0; r < g.filterHeight; ++r) {
    const h = i * g.strideHeight + r * g.dilationHeight - g.top;
    if (h < 0 || h >= g.inHeight) continue;
    for (let s: i32 = 0; s < g.filterWidth; ++s) {
      const w = j * g.strideWidth + s * g.dilationWidth - g.left;
      if (w < 0 || w >= g.inWidth) continue;
      store<u32>(table, (((h * g.inWidth + w) * g.inChannels) as u32) * 4);
      store<u32>(table, (((r * g.filterWidth + s) * g.outChannels) as u32) * 4, 4);
      table += 8;
    }
  }
  return table;
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
  let channel: i32 = 0;
  for (; channel + BLOCK <= channels; channel += BLOCK) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let tap = table; tap < end; tap += 8) {
      const a = x + (load<u32>(tap) as usize);
      const b = filter + (load<u32>(tap, 4) as usize);
      sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
      sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1);
      sum2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), sum2);
      sum3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), sum3);
    }
    v128.store(y, sum0);
    v128.store(y, sum1, 16);
    v128.store(y, sum2, 32);
    v128.store(y, sum3, 48);
    x += (BLOCK as usize) * FLOAT;
    filter += (BLOCK as usize) * FLOAT;
    y += (BLOCK as usize) * FLOAT;
  }
  for (; channel + LANES <= channels; channel += LANES) {
    let sum = f32x4.splat(0);
    for (let tap = table; tap < end; tap += 8) {
      const a = v128.load(x + (load<u32>(tap) as usize));
      sum = multiplyAdd(a, v128.load(filter + (load<u32>(tap, 4) as usize)), sum);
    }
    v128.store(y, sum);
    x += VECTOR;
    filter += VECTOR;
    y += VECTOR;
  }
  sumMultiples(x, filter, table, end, y, channels - channel, 1);
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
      let sum = f32x4.splat(0);
      for (let tap = table; tap < end; tap += 8) {
        const a = v128.load_splat<f32>(x + (load<u32>(tap) as usize));
        sum = multiplyAdd(a, v128.load(filter + (load<u32>(tap, 4) as usize)), sum);
      }
      v128.store(y, sum);
      filter += VECTOR;
      y += VECTOR;
    }
    for (; q < multiplier; ++q) {
      let sum: f32 = 0;
      for (let tap = table; tap < end; tap += 8) {
        sum += load<f32>(x + (load<u32>(tap) as usize)) * load<f32>(filter + (load<u32>(tap, 4) as usize));
      }
      store<f32>(y, sum);
      filter += FLOAT;
      y += FLOAT;
    }
    x += FLOAT;
  }
}
