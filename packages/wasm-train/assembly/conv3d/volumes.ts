/**
 * A convolution of volumes is one of images once the depth taps of a window are laid side by side as channels: [depth, pixels,
 * channels] becomes [outDepth, pixels, filterDepth * channels], and the filter [filterDepth, taps, ...] becomes [taps,
 * filterDepth, ...]. These are the steps there and back; what lies between is conv2d and its gradients.
 */
import { addTo, copyTo, FLOAT } from '../vector';
import { WindowAxis } from '../windowAxis';

/** One sample: x is [inDepth, pixels, channels], unfolded [outDepth, pixels, filterDepth, channels]. */
@unmanaged
export class Depth {
  inDepth: i32;
  outDepth: i32;
  filterDepth: i32;
  strideDepth: i32;
  dilationDepth: i32;
  front: i32;
  /** Height times width. */
  pixels: i32;
  channels: i32;
  x: usize;
  unfolded: usize;
}

/**
 * unfolded[i][p][r][c] = x[i*stride + r*dilation - front][p][c], 0 outside of x
 *
 * Reads x filterDepth / stride times, writes each result once. Its items are slices of the result.
 */
export function unfoldDepth(d: Depth, from: i32, to: i32): void {
  const pixelBytes = (d.channels as usize) * FLOAT;
  const sliceBytes = (d.pixels as usize) * pixelBytes;
  const step = (d.filterDepth as usize) * pixelBytes;
  for (let i = from; i < to; ++i) {
    const slice = d.unfolded + (i as usize) * (d.filterDepth as usize) * sliceBytes;
    for (let r: i32 = 0; r < d.filterDepth; ++r) {
      const depth = WindowAxis.inputAt(i, r, d.strideDepth, d.dilationDepth, d.front, d.inDepth);
      let result = slice + (r as usize) * pixelBytes;
      if (depth < 0) {
        for (let p: i32 = 0; p < d.pixels; ++p) {
          memory.fill(result, 0, pixelBytes);
          result += step;
        }
        continue;
      }
      let source = d.x + (depth as usize) * sliceBytes;
      for (let p: i32 = 0; p < d.pixels; ++p) {
        copyTo(result, source, d.channels);
        source += pixelBytes;
        result += step;
      }
    }
  }
}

/**
 * The transpose of `unfoldDepth`: x[h][p][c] = sum over i, r of unfolded[i][p][r][c] where h = i*stride + r*dilation - front
 *
 * Reads `unfolded` once, writes x once and adds to it filterDepth / stride times. Its items are slices of x.
 */
export function foldDepth(d: Depth, from: i32, to: i32): void {
  const pixelBytes = (d.channels as usize) * FLOAT;
  const sliceBytes = (d.pixels as usize) * pixelBytes;
  const step = (d.filterDepth as usize) * pixelBytes;
  for (let depth = from; depth < to; ++depth) {
    const slice = d.x + (depth as usize) * sliceBytes;
    memory.fill(slice, 0, sliceBytes);
    for (let r: i32 = 0; r < d.filterDepth; ++r) {
      const i = WindowAxis.outputAt(depth, r, d.strideDepth, d.dilationDepth, d.front, d.outDepth);
      if (i < 0) continue;
      let source =
        d.unfolded + (i as usize) * (d.filterDepth as usize) * sliceBytes + (r as usize) * pixelBytes;
      let result = slice;
      for (let p: i32 = 0; p < d.pixels; ++p) {
        addTo(result, source, d.channels);
        source += step;
        result += pixelBytes;
      }
    }
  }
}

/** source is [first, second, floats], result [second, first, floats]. */
@unmanaged
export class AxesSwap {
  source: usize;
  result: usize;
  first: i32;
  second: i32;
  floats: i32;
}

/** result[b][a][...] = source[a][b][...]. Reads and writes each once. */
export function swapLeadingAxes(call: AxesSwap): void {
  const bytes = (call.floats as usize) * FLOAT;
  let source = call.source;
  for (let a: i32 = 0; a < call.first; ++a) {
    for (let b: i32 = 0; b < call.second; ++b) {
      copyTo(call.result + ((b * call.first + a) as usize) * bytes, source, call.floats);
      source += bytes;
    }
  }
}

/** sums[0..count) += terms[0..count) */
export function accumulate(sums: usize, terms: usize, count: i32): void {
  addTo(sums, terms, count);
}
