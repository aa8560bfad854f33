/**
 * The element-wise loops over columns: `length` floats in rows of `width`, of which the last need not be full, and factors that
 * are arrays with one for each column.
 *
 * Rows of the first half and of the second go together, so that two share each load of a factor. Rows that lie beside each other
 * would break the order of memory at the end of each row, which the processor's prefetching does not survive: twice the time
 * beyond the cache.
 */
import { inputGradient, normalize } from './elementwise';
import { ForEach, OneRun, TwoRuns } from './variants';
import { FLOAT } from './vector';

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function normalizeColumns(
  y: usize,
  x: usize,
  length: i32,
  width: i32,
  center: usize,
  scale: usize,
  offset: usize,
): void {
  const stride = <usize>width * FLOAT;
  const half = length / (2 * width);
  const apart = <usize>half * stride;
  let at: usize = 0;
  for (let r: i32 = 0; r < half; r++) {
    normalize<ForEach, TwoRuns>(y + at, x + at, apart, width, center, scale, offset);
    at += stride;
  }
  at += apart;
  for (let left = length - 2 * half * width; left > 0; left -= width) {
    normalize<ForEach, OneRun>(y + at, x + at, 0, min(left, width), center, scale, offset);
    at += stride;
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function inputGradientColumns(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  width: i32,
  center: usize,
  dyFactor: usize,
  xFactor: usize,
  constant: usize,
): void {
  const stride = <usize>width * FLOAT;
  const half = length / (2 * width);
  const apart = <usize>half * stride;
  let at: usize = 0;
  for (let r: i32 = 0; r < half; r++) {
    inputGradient<ForEach, TwoRuns>(
      dx + at,
      dy + at,
      x + at,
      apart,
      width,
      center,
      dyFactor,
      xFactor,
      constant,
    );
    at += stride;
  }
  at += apart;
  for (let left = length - 2 * half * width; left > 0; left -= width) {
    const rest = min(left, width);
    inputGradient<ForEach, OneRun>(dx + at, dy + at, x + at, 0, rest, center, dyFactor, xFactor, constant);
    at += stride;
  }
}
