import { Geometry, InputGradient, pixels } from '../conv2d/geometry';
import { FLOAT } from '../vector';
import { sumProducts } from './depthwise';

/** Entries of scratch space, 4 bytes each: two for each tap that reaches a pixel. */
export function depthwiseBackpropInputScratch(g: Geometry): i32 {
  return 2 * g.filterHeight * g.filterWidth;
}

/**
 * dx[n][h][w][c] = sum over r, s, q of dy[n][i][j][c * multiplier + q] * filter[r][s][c][q]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * Each pixel of dx is written once: a table holds which pixels of dy reach it, and through which taps. Reads dy once from
 * memory and taps / strides times from the cache.
 */
export function depthwiseBackpropInput(call: InputGradient): void {
  const filter = call.filter;
  const table = call.shared;
  let dy = call.dy;
  let dx = call.dx;
  const dxStep = (call.inChannels as usize) * FLOAT;
  const dyStep = ((pixels(call) * call.outChannels) as usize) * FLOAT;
  for (let n: i32 = 0; n < call.batch; ++n) {
    for (let h: i32 = 0; h < call.inHeight; ++h) {
      for (let w: i32 = 0; w < call.inWidth; ++w) {
        const end = findTaps(call, h, w, table);
        if (call.outChannels === call.inChannels) sumProducts(dy, filter, table, end, dx, call.inChannels);
        else gatherMultiples(dy, filter, table, end, dx, call.inChannels, call.outChannels / call.inChannels);
        dx += dxStep;
      }
    }
    dy += dyStep;
  }
}

/** Writes (bytes from the image's start to the pixel of dy, bytes to the tap) for all that reach (h, w); returns the table's end. */
function findTaps(g: Geometry, h: i32, w: i32, table: usize): usize {
  const bytes = (g.outChannels as usize) * FLOAT;
  for (let r: i32 = 0; r < g.filterHeight; ++r) {
    const down = h + g.top - r * g.dilationHeight;
    const i = down / g.strideHeight;
    if (down < 0 || down % g.strideHeight !== 0 || i >= g.outHeight) continue;
    for (let s: i32 = 0; s < g.filterWidth; ++s) {
      const right = w + g.left - s * g.dilationWidth;
      const j = right / g.strideWidth;
      if (right < 0 || right % g.strideWidth !== 0 || j >= g.outWidth) continue;
      store<u32>(table, (((i * g.outWidth + j) as usize) * bytes) as u32);
      store<u32>(table, (((r * g.filterWidth + s) as usize) * bytes) as u32, 4);
      table += 8;
    }
  }
  return table;
}

/** One pixel of dx where each channel has so many filters. */
function gatherMultiples(
  dy: usize,
  filter: usize,
  table: usize,
  end: usize,
  dx: usize,
  channels: i32,
  multiplier: i32,
): void {
  const bytes = (multiplier as usize) * FLOAT;
  for (let channel: i32 = 0; channel < channels; ++channel) {
    let sum: f32 = 0;
    for (let tap = table; tap < end; tap += 8) {
      const gradient = dy + (load<u32>(tap) as usize);
      const weights = filter + (load<u32>(tap, 4) as usize);
      for (let at: usize = 0; at < bytes; at += FLOAT)
        sum += load<f32>(gradient + at) * load<f32>(weights + at);
    }
    store<f32>(dx, sum);
    dx += FLOAT;
    dy += bytes;
    filter += bytes;
  }
}
