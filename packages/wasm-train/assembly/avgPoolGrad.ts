import { PoolingGradient, windowEnd, windowStart } from './poolGeometry';
import { FLOAT, LANES, VECTOR } from './vector';

/**
 * dx[n][h][w][c] = sum of dy[n][i][j][c] / (pixels in the window of (i, j)) over the windows that cover (h, w).
 * Reads dy once, writes dx as zeros, then once more per window that covers it. Its items are images.
 */
export function avgPoolGrad(p: PoolingGradient, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  const imageBytes = (p.inHeight as usize) * rowBytes;
  const isApart = p.strideHeight >= p.filterHeight && p.strideWidth >= p.filterWidth;
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
        const window = dx + (h0 as usize) * rowBytes + (w0 as usize) * pixelBytes;
        if (isApart && p.channels >= LANES) {
          spread(dy, window, rows, columns, rowBytes, pixelBytes);
        } else {
          addShares(dy, window, rows, columns, rowBytes, p.channels);
        }
        dy += pixelBytes;
      }
    }
    dx += imageBytes;
  }
}

/** Windows that share no pixel: each writes its own. The last vector of channels overlaps the one before. */
function spread(dy: usize, dx: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
  const share = f32x4.splat(1 / ((rows * columns) as f32));
  const last = pixelBytes - VECTOR;
  for (let channel: usize = 0; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    const gradient = f32x4.mul(v128.load(dy + at), share);
    let row = dx + at;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        v128.store(pixel, gradient);
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
  }
}

/** Windows that overlap: each adds to what others gave. */
function addShares(dy: usize, dx: usize, rows: i32, columns: i32, rowBytes: usize, channels: i32): void {
  const share: f32 = 1 / ((rows * columns) as f32);
  const shares = f32x4.splat(share);
  for (let h: i32 = 0; h < rows; ++h) {
    let to = dx;
    for (let w: i32 = 0; w < columns; ++w) {
      let from = dy;
      let channel: i32 = 0;
      for (; channel + LANES <= channels; channel += LANES) {
        v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), shares)));
        to += VECTOR;
        from += VECTOR;
      }
      for (; channel < channels; ++channel) {
        store<f32>(to, load<f32>(to) + load<f32>(from) * share);
        to += FLOAT;
        from += FLOAT;
      }
    }
    dx += rowBytes;
  }
}
