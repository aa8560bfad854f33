/**
 * dx[n][h][w][c] = sum of dy[n][i][j][c] / (pixels in the window of (i, j)) over the windows that cover (h, w).
 * Reads dy once, writes dx once per window that covers it, and as zeros before if not every pixel is in just one window.
 */
import { FLOAT, LANES, loadLanes, storeLanes, VECTOR } from '../vector';
import { forEachWindow, imageBytes, Pooling, PoolingGradient } from './windows';

/** Its items are images. */
export function avgPoolGrad(p: PoolingGradient, from: i32, to: i32): void {
  for (let n = from; n < to; ++n) {
    if (!isTiled(p)) memory.fill(p.dx + (n as usize) * imageBytes(p), 0, imageBytes(p));
    forEachWindow<Shares>(changetype<Shares>(p), p.dx, p.dy, n, n + 1);
  }
}

/** Whether every pixel is in just one window. */
function isTiled(p: Pooling): bool {
  return (
    p.strideHeight === p.filterHeight &&
    p.strideWidth === p.filterWidth &&
    p.outHeight * p.strideHeight - p.top >= p.inHeight &&
    p.outWidth * p.strideWidth - p.left >= p.inWidth
  );
}

@unmanaged
class Shares extends PoolingGradient {
  @inline
  window(dx: usize, dy: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
    const isApart = this.strideHeight >= this.filterHeight && this.strideWidth >= this.filterWidth;
    if (!isApart) addShares(dx, dy, rows, columns, rowBytes, pixelBytes);
    else if (this.channels < LANES) spread<f32>(dx, dy, rows, columns, rowBytes, pixelBytes);
    else if (rows === 2 && columns === 2) spreadToFour(dx, dy, rowBytes, pixelBytes);
    else spread<v128>(dx, dy, rows, columns, rowBytes, pixelBytes);
  }
}

/**
 * Windows that share no pixel: each writes its own, 4 channels or 1 at a time. If their number is no multiple of 4 the last vector
 * overlaps the one before.
 */
function spread<L>(dx: usize, dy: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
  const last = pixelBytes - sizeof<L>();
  for (let channel: usize = 0; channel < pixelBytes; channel += sizeof<L>()) {
    const at = min(channel, last);
    give<Written, L>(dx + at, dy + at, rows, columns, rowBytes, pixelBytes);
  }
}

/**
 * Windows that overlap: each adds to what others gave. Vectors go pixel after pixel, in the order of memory: channel after channel
 * 2x28x28x64, windows of three by three, takes a tenth longer. Single channels go channel after channel: 2x56x56x3 takes 36 us
 * in place of 46.
 */
function addShares(dx: usize, dy: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
  const vectors = pixelBytes & ~(VECTOR - 1);
  const share = f32x4.splat(1 / ((rows * columns) as f32));
  for (let h: i32 = 0; h < rows && vectors > 0; ++h) {
    let pixel = dx + (h as usize) * rowBytes;
    for (let w: i32 = 0; w < columns; ++w) {
      for (let at: usize = 0; at < vectors; at += VECTOR) {
        const gradient = f32x4.mul(v128.load(dy + at), share);
        v128.store(pixel + at, f32x4.add(v128.load(pixel + at), gradient));
      }
      pixel += pixelBytes;
    }
  }
  for (let at = vectors; at < pixelBytes; at += FLOAT)
    give<Added, f32>(dx + at, dy + at, rows, columns, rowBytes, pixelBytes);
}

/** Gives each pixel of a window its share of dy, 4 channels or 1. S is what becomes of it. */
function give<S, L>(dx: usize, dy: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
  const share = f32x4.mul(loadLanes<L>(dy), f32x4.splat(1 / ((rows * columns) as f32)));
  const run = (columns as usize) * pixelBytes;
  for (let h: i32 = 0; h < rows; ++h) {
    for (let pixel = dx; pixel < dx + run; pixel += pixelBytes) {
      storeLanes<L>(pixel, changetype<S>(0).of<L>(pixel, share));
    }
    dx += rowBytes;
  }
}

@unmanaged
class Written {
  of<L>(_pixel: usize, share: v128): v128 {
    return share;
  }
}

@unmanaged
class Added {
  of<L>(pixel: usize, share: v128): v128 {
    return f32x4.add(loadLanes<L>(pixel), share);
  }
}

/** The window of two by two, without loops: 0.30 ms for 256x24x24x6 where `spread` takes 0.43, and 57 us for 256x8x8x16 in place of 87. */
function spreadToFour(dx: usize, dy: usize, rowBytes: usize, pixelBytes: usize): void {
  const share = f32x4.splat(0.25);
  const last = pixelBytes - VECTOR;
  for (let channel: usize = 0; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    const gradient = f32x4.mul(v128.load(dy + at), share);
    const upper = dx + at;
    const lower = upper + rowBytes;
    v128.store(upper, gradient);
    v128.store(upper + pixelBytes, gradient);
    v128.store(lower, gradient);
    v128.store(lower + pixelBytes, gradient);
  }
}
