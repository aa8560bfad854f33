import { PoolingForward, windowEnd, windowStart } from './poolGeometry';
import { FLOAT, LANES, VECTOR } from './vector';

/**
 * y[n][i][j][c] = mean of x[n][h][w][c] over the window of (i, j), pixels outside of the image not counted.
 * Reads x once per window that covers it, writes y once. Its items are images.
 */
export function avgPool(p: PoolingForward, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  let x = p.x + (from as usize) * (p.inHeight as usize) * rowBytes;
  let y = p.y + (from as usize) * ((p.outHeight * p.outWidth) as usize) * pixelBytes;
  for (let n = from; n < to; ++n) {
    for (let i: i32 = 0; i < p.outHeight; ++i) {
      const h0 = windowStart(i, p.strideHeight, p.top);
      const rows = windowEnd(h0, i, p.strideHeight, p.top, p.filterHeight, p.inHeight) - h0;
      for (let j: i32 = 0; j < p.outWidth; ++j) {
        const w0 = windowStart(j, p.strideWidth, p.left);
        const columns = windowEnd(w0, j, p.strideWidth, p.left, p.filterWidth, p.inWidth) - w0;
        const window = x + (h0 as usize) * rowBytes + (w0 as usize) * pixelBytes;
        if (p.channels < LANES) {
          meanOfSingles(window, rows, columns, rowBytes, pixelBytes, y);
        } else if (rows === 2 && columns === 2) {
          meanOfFour(window, rowBytes, pixelBytes, y);
        } else {
          mean(window, rows, columns, rowBytes, pixelBytes, y);
        }
        y += pixelBytes;
      }
    }
    x += (p.inHeight as usize) * rowBytes;
  }
}

/*
 * Channels are done 4 at a time. Where their number is no multiple of 4 the last vector overlaps the one before: some
 * means are computed twice, which is quicker than computing the rest one by one.
 */

function mean(x: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, y: usize): void {
  const share = f32x4.splat(1 / ((rows * columns) as f32));
  const last = pixelBytes - VECTOR;
  for (let channel: usize = 0; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    let sum = f32x4.splat(0);
    let row = x + at;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        sum = f32x4.add(sum, v128.load(pixel));
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    v128.store(y + at, f32x4.mul(sum, share));
  }
}

/** The window of two by two, without loops. */
function meanOfFour(x: usize, rowBytes: usize, pixelBytes: usize, y: usize): void {
  const share = f32x4.splat(0.25);
  const last = pixelBytes - VECTOR;
  for (let channel: usize = 0; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    const upper = x + at;
    const lower = upper + rowBytes;
    const above = f32x4.add(v128.load(upper), v128.load(upper + pixelBytes));
    const below = f32x4.add(v128.load(lower), v128.load(lower + pixelBytes));
    v128.store(y + at, f32x4.mul(f32x4.add(above, below), share));
  }
}

/** Fewer than 4 channels: one by one. */
function meanOfSingles(
  x: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
  y: usize,
): void {
  const share: f32 = 1 / ((rows * columns) as f32);
  for (let channel: usize = 0; channel < pixelBytes; channel += FLOAT) {
    let sum: f32 = 0;
    let row = x + channel;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        sum += load<f32>(pixel);
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    store<f32>(y + channel, sum * share);
  }
}
