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

/** First input row (or column) of a window, at the border moved inside. */
export function windowStart(output: i32, stride: i32, before: i32): i32 {
  return max(0, output * stride - before);
}

/** One past the last input row (or column); equal to `start` where the whole window lies outside. */
export function windowEnd(start: i32, output: i32, stride: i32, before: i32, filter: i32, size: i32): i32 {
  return max(start, min(size, output * stride - before + filter));
}
