/**
 * dx[n][h][w][c] = sum over r, s, q of dy[n][i][j][c * multiplier + q] * filter[r][s][c][q]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * Each pixel of dx is written once: a table holds which pixels of dy reach it, and through which taps. Reads dy once from
 * memory and taps / strides times from the cache.
 */
import { InputGradient, pixels } from '../conv2d/geometry';
import { FLOAT } from '../vector';
import { sumProducts } from './depthwise';
import { ENTRY, reachingOutputs } from './taps';

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
        const end = reachingOutputs(call, h, w, table);
        if (call.outChannels === call.inChannels) sumProducts(dy, filter, table, end, dx, call.inChannels);
        else gatherMultiples(dy, filter, table, end, dx, call.inChannels, call.outChannels / call.inChannels);
        dx += dxStep;
      }
    }
    dy += dyStep;
  }
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
    for (let entry = table; entry < end; entry += ENTRY) {
      const gradient = dy + (load<u32>(entry) as usize);
      const weights = filter + (load<u32>(entry, 4) as usize);
      for (let at: usize = 0; at < bytes; at += FLOAT)
        sum += load<f32>(gradient + at) * load<f32>(weights + at);
    }
    store<f32>(dx, sum);
    dx += FLOAT;
    dy += bytes;
    filter += bytes;
  }
}
