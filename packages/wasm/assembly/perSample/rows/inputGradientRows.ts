/** The loop for dx of a row in which every element has its own gamma, or of two. */
import { loadUpTo4, multiplyAdd, STEP, STEP_BYTES, storeUpTo4, VECTOR } from '../../loops/vector';
import { CENTER, CONSTANT, RSTD, X_FACTOR } from './block';

/**
 * dx = rstd * gamma * dy + xFactor * (x - mean) + constant, of one row, or of two that share each load of gamma. Reads dy and x
 * once, writes dx once.
 */
export function inputGradientRows<Runs>(
  dx: usize,
  dy: usize,
  x: usize,
  apart: usize,
  length: i32,
  record: usize,
  record2: usize,
  gamma: usize,
): void {
  const center = v128.load32_splat(record, CENTER);
  const a = v128.load32_splat(record, RSTD);
  const b = v128.load32_splat(record, X_FACTOR);
  const c = v128.load32_splat(record, CONSTANT);
  const center2 = v128.load32_splat(record2, CENTER);
  const a2 = v128.load32_splat(record2, RSTD);
  const b2 = v128.load32_splat(record2, X_FACTOR);
  const c2 = v128.load32_splat(record2, CONSTANT);
  let dx2 = dx + apart;
  let dy2 = dy + apart;
  let x2 = x + apart;
  let i: i32 = length;
  for (; i >= STEP; i -= STEP) {
    Four.gradients<Runs>(dx, dy, x, dx2, dy2, x2, 0, 4, center, a, b, c, center2, a2, b2, c2, gamma);
    Four.gradients<Runs>(dx, dy, x, dx2, dy2, x2, 16, 4, center, a, b, c, center2, a2, b2, c2, gamma);
    Four.gradients<Runs>(dx, dy, x, dx2, dy2, x2, 32, 4, center, a, b, c, center2, a2, b2, c2, gamma);
    Four.gradients<Runs>(dx, dy, x, dx2, dy2, x2, 48, 4, center, a, b, c, center2, a2, b2, c2, gamma);
    dx += STEP_BYTES;
    dy += STEP_BYTES;
    x += STEP_BYTES;
    dx2 += STEP_BYTES;
    dy2 += STEP_BYTES;
    x2 += STEP_BYTES;
    gamma += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    Four.gradients<Runs>(dx, dy, x, dx2, dy2, x2, 0, i, center, a, b, c, center2, a2, b2, c2, gamma);
    dx += VECTOR;
    dy += VECTOR;
    x += VECTOR;
    dx2 += VECTOR;
    dy2 += VECTOR;
    x2 += VECTOR;
    gamma += VECTOR;
  }
}

/** Four elements of a row, or of two; at its end the 1 to 3 that are left. */
// biome-ignore lint/complexity/noStaticOnlyClass: decorators are valid on methods only.
class Four {
  /** Inlined, so that offsets are immediates; it is too large for the optimizer to do so by itself. */
  @inline
  static gradients<Runs>(
    dx: usize,
    dy: usize,
    x: usize,
    dx2: usize,
    dy2: usize,
    x2: usize,
    offset: usize,
    count: i32,
    center: v128,
    a: v128,
    b: v128,
    c: v128,
    center2: v128,
    a2: v128,
    b2: v128,
    c2: v128,
    gamma: usize,
  ): void {
    const g = loadUpTo4(gamma, count, offset);
    const from = loadUpTo4(x, count, offset);
    storeUpTo4(dx, gradient(loadUpTo4(dy, count, offset), from, center, a, b, c, g), count, offset);
    if (sizeof<Runs>() === 2) {
      const from2 = loadUpTo4(x2, count, offset);
      storeUpTo4(dx2, gradient(loadUpTo4(dy2, count, offset), from2, center2, a2, b2, c2, g), count, offset);
    }
  }
}

function gradient(
  dy: v128,
  x: v128,
  center: v128,
  dyFactor: v128,
  xFactor: v128,
  constant: v128,
  gamma: v128,
): v128 {
  return multiplyAdd(f32x4.mul(dy, gamma), dyFactor, multiplyAdd(f32x4.sub(x, center), xFactor, constant));
}
