/** What a pooling is told, and the walk over its windows. */
import { FLOAT } from '../vector';

/**
 * The shape of a pooling, whose fields the host writes by their names. Images are
 * [batch, height, width, channels]; windows may reach over the border, and only what lies inside counts.
 */
@unmanaged
export class Pooling {
  batch: i32;
  inHeight: i32;
  inWidth: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  top: i32;
  left: i32;
}

/** y of x. */
@unmanaged
export class PoolingForward extends Pooling {
  x: usize;
  y: usize;
}

/** dx of dy. */
@unmanaged
export class PoolingGradient extends Pooling {
  dy: usize;
  dx: usize;
}

/** dx of dy, where x says which pixels take part. */
@unmanaged
export class MaxPoolingGradient extends PoolingGradient {
  x: usize;
}

/** Bytes of an image of x or dx. */
export function imageBytes(p: Pooling): usize {
  return ((p.inHeight * p.inWidth * p.channels) as usize) * FLOAT;
}

/**
 * The walk of all poolings: calls p.window(x, y, rows, columns, rowBytes, pixelBytes) for every window of the images [from, to). P is
 * the pooling's record with this method, which carries `@inline`: a call for each window would take longer than a small window does.
 *
 * - `x`: the first pixel of the window, at the border moved inside,
 * - `y`: the pixel of the output that belongs to it,
 * - `rows`, `columns`: of the window as far as it lies inside; 0 if it lies outside,
 * - `rowBytes`, `pixelBytes`: from one row of x to the next, from one pixel to the next.
 *
 * @param x images of the size of the input: x or dx
 * @param y images of the size of the output: y or dy
 */
export function forEachWindow<P extends Pooling>(p: P, x: usize, y: usize, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  x += (from as usize) * imageBytes(p);
  y += (from as usize) * ((p.outHeight * p.outWidth) as usize) * pixelBytes;
  for (let n = from; n < to; ++n) {
    for (let i: i32 = 0; i < p.outHeight; ++i) {
      const h = startOf(i, p.strideHeight, p.top);
      const rows = endOf(h, i, p.strideHeight, p.top, p.filterHeight, p.inHeight) - h;
      for (let j: i32 = 0; j < p.outWidth; ++j) {
        const w = startOf(j, p.strideWidth, p.left);
        const columns = endOf(w, j, p.strideWidth, p.left, p.filterWidth, p.inWidth) - w;
        const window = x + (h as usize) * rowBytes + (w as usize) * pixelBytes;
        p.window(window, y, rows, columns, rowBytes, pixelBytes);
        y += pixelBytes;
      }
    }
    x += imageBytes(p);
  }
}

/** First row (or column) of a window, at the border moved inside. */
function startOf(output: i32, stride: i32, before: i32): i32 {
  return max(0, output * stride - before);
}

/** One past its last row (or column); equal to `start` where the whole window lies outside. */
function endOf(start: i32, output: i32, stride: i32, before: i32, filter: i32, size: i32): i32 {
  return max(start, min(size, output * stride - before + filter));
}
