/** The loop for dx of a row in which every element has its own gamma, or of two; R as in normalizeRows.ts. */
import { loadUpTo4, multiplyAdd, STEP, STEP_BYTES, storeUpTo4, VECTOR } from '../../loops/vector';
import { CENTER, CONSTANT, RSTD, X_FACTOR } from './block';

/**
 * dx = rstd * gamma * dy + xFactor * (x - mean) + constant, of one row, or of two that share each load of gamma. Reads dy and x
 * once, writes dx once.
 */
export function inputGradientRows<R>(
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
    const g0 = v128.load(gamma);
    v128.store(dx, gradient(v128.load(dy), v128.load(x), center, a, b, c, g0));
    if (sizeof<R>() === 2) v128.store(dx2, gradient(v128.load(dy2), v128.load(x2), center2, a2, b2, c2, g0));
    const g1 = v128.load(gamma, 16);
    v128.store(dx, gradient(v128.load(dy, 16), v128.load(x, 16), center, a, b, c, g1), 16);
    if (sizeof<R>() === 2)
      v128.store(dx2, gradient(v128.load(dy2, 16), v128.load(x2, 16), center2, a2, b2, c2, g1), 16);
    const g2 = v128.load(gamma, 32);
    v128.store(dx, gradient(v128.load(dy, 32), v128.load(x, 32), center, a, b, c, g2), 32);
    if (sizeof<R>() === 2)
      v128.store(dx2, gradient(v128.load(dy2, 32), v128.load(x2, 32), center2, a2, b2, c2, g2), 32);
    const g3 = v128.load(gamma, 48);
    v128.store(dx, gradient(v128.load(dy, 48), v128.load(x, 48), center, a, b, c, g3), 48);
    if (sizeof<R>() === 2)
      v128.store(dx2, gradient(v128.load(dy2, 48), v128.load(x2, 48), center2, a2, b2, c2, g3), 48);
    dx += STEP_BYTES;
    dy += STEP_BYTES;
    x += STEP_BYTES;
    dx2 += STEP_BYTES;
    dy2 += STEP_BYTES;
    x2 += STEP_BYTES;
    gamma += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    const g = loadUpTo4(gamma, i);
    storeUpTo4(dx, gradient(loadUpTo4(dy, i), loadUpTo4(x, i), center, a, b, c, g), i);
    if (sizeof<R>() === 2)
      storeUpTo4(dx2, gradient(loadUpTo4(dy2, i), loadUpTo4(x2, i), center2, a2, b2, c2, g), i);
    dx += VECTOR;
    dy += VECTOR;
    x += VECTOR;
    dx2 += VECTOR;
    dy2 += VECTOR;
    x2 += VECTOR;
    gamma += VECTOR;
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
