import { MaxPoolingGradient, windowEnd, windowStart } from './poolGeometry';
import { FLOAT, LANES, VECTOR } from './vector';

/**
 * dx[n][h][w][c] = sum of dy[n][i][j][c] over the windows of which (h, w) is the first largest pixel.
 *
 * A NaN counts as largest, so that it shows in the gradient. Reads x and dy once per window, writes dx twice: zeros,
 * then once more per window that covers it. Its items are images.
 */
export function maxPoolGrad(p: MaxPoolingGradient, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  const imageBytes = (p.inHeight as usize) * rowBytes;
  let x = p.x + (from as usize) * imageBytes;
  let dx = p.dx + (from as usize) * imageBytes;
  let dy = p.dy + (from as usize) * ((p.outHeight * p.outWidth) as usize) * pixelBytes;
  for (let n = from; n < to; ++n) {
    memory.fill(dx, 0, imageBytes);
    for (let i: i32 = 0; i < p.outHeight; ++i) {
      const h0 = windowStart(i, p.strideHeight, p.top);
      const rows = windowEnd(h0, i, p.strideHeight, p.top, p.filterHeight, p.inHeight) - h0;
      for (let j: i32 = 0; j < p.outWidth; ++j) {
        const w0 = windowStart(j, p.strideWidth, p.left);
        const columns = windowEnd(w0, j, p.strideWidth, p.left, p.filterWidth, p.inWidth) - w0;
        if (rows === 0 || columns === 0) {
          dy += pixelBytes;
          continue;
        }
        let at = (h0 as usize) * rowBytes + (w0 as usize) * pixelBytes;
        let channel: i32 = 0;
        for (; channel + LANES <= p.channels; channel += LANES) {
          fourChannels(x + at, dy, dx + at, rows, columns, rowBytes, pixelBytes);
          at += VECTOR;
          dy += VECTOR;
        }
        for (; channel < p.channels; ++channel) {
          oneChannel(x + at, dy, dx + at, rows, columns, rowBytes, pixelBytes);
          at += FLOAT;
          dy += FLOAT;
        }
      }
    }
    x += imageBytes;
    dx += imageBytes;
  }
}

/** One window, 4 channels at a time: first find each lane's largest pixel, then give it that lane of dy. */
function fourChannels(
  x: usize,
  dy: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
): void {
  let largest = v128.load(x);
  let place = i32x4.splat(0);
  let index: i32 = 0;
  for (let row: i32 = 0; row < rows; ++row) {
    let pixel = x + (row as usize) * rowBytes;
    for (let column: i32 = 0; column < columns; ++column) {
      const value = v128.load(pixel);
      // "Not below or equal" is also true of a NaN, but the first NaN keeps its place.
      const wins = v128.andnot(f32x4.eq(largest, largest), f32x4.le(value, largest));
      largest = v128.bitselect(value, largest, wins);
      place = v128.bitselect(i32x4.splat(index), place, wins);
      pixel += pixelBytes;
      ++index;
    }
  }
  const gradient = v128.load(dy);
  index = 0;
  for (let row: i32 = 0; row < rows; ++row) {
    let pixel = dx + (row as usize) * rowBytes;
    for (let column: i32 = 0; column < columns; ++column) {
      const share = v128.and(gradient, i32x4.eq(place, i32x4.splat(index)));
      v128.store(pixel, f32x4.add(v128.load(pixel), share));
      pixel += pixelBytes;
      ++index;
    }
  }
}

/** The same for one channel. */
function oneChannel(
  x: usize,
  dy: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
): void {
  let largest = load<f32>(x);
  let place: usize = 0;
  for (let row: i32 = 0; row < rows; ++row) {
    let at = (row as usize) * rowBytes;
    for (let column: i32 = 0; column < columns; ++column) {
      const value = load<f32>(x + at);
      if (!F32.isNaN(largest) && !(value <= largest)) {
        largest = value;
        place = at;
      }
      at += pixelBytes;
    }
  }
  store<f32>(dx + place, load<f32>(dx + place) + load<f32>(dy));
}
