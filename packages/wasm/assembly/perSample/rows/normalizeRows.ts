/** The loop that normalizes a row of contiguous floats in which every element has its own gamma and beta, or two such rows. */
import { loadUpTo4, multiplyAdd, STEP, STEP_BYTES, storeUpTo4, VECTOR } from '../../loops/vector';
import { CENTER, OFFSET, RSTD } from './block';

/**
 * y = ((x - mean) * rstd + offset) * gamma + beta. Reads x once, writes y once.
 *
 * R says how many rows share each load of gamma and beta: u8 for one, u16 for two, of which the second begins `apart` bytes behind
 * the first and has `record2`. The compiler makes a loop for each.
 */
export function normalizeRows<R>(
  y: usize,
  x: usize,
  apart: usize,
  length: i32,
  record: usize,
  record2: usize,
  gamma: usize,
  beta: usize,
): void {
  const center = v128.load32_splat(record, CENTER);
  const scale = v128.load32_splat(record, RSTD);
  const shift = v128.load32_splat(record, OFFSET);
  const center2 = v128.load32_splat(record2, CENTER);
  const scale2 = v128.load32_splat(record2, RSTD);
  const shift2 = v128.load32_splat(record2, OFFSET);
  let x2 = x + apart;
  let y2 = y + apart;
  let i: i32 = length;
  for (; i >= STEP; i -= STEP) {
    const g0 = v128.load(gamma);
    const b0 = v128.load(beta);
    v128.store(y, normalized(v128.load(x), center, scale, shift, g0, b0));
    if (sizeof<R>() === 2) v128.store(y2, normalized(v128.load(x2), center2, scale2, shift2, g0, b0));
    const g1 = v128.load(gamma, 16);
    const b1 = v128.load(beta, 16);
    v128.store(y, normalized(v128.load(x, 16), center, scale, shift, g1, b1), 16);
    if (sizeof<R>() === 2) v128.store(y2, normalized(v128.load(x2, 16), center2, scale2, shift2, g1, b1), 16);
    const g2 = v128.load(gamma, 32);
    const b2 = v128.load(beta, 32);
    v128.store(y, normalized(v128.load(x, 32), center, scale, shift, g2, b2), 32);
    if (sizeof<R>() === 2) v128.store(y2, normalized(v128.load(x2, 32), center2, scale2, shift2, g2, b2), 32);
    const g3 = v128.load(gamma, 48);
    const b3 = v128.load(beta, 48);
    v128.store(y, normalized(v128.load(x, 48), center, scale, shift, g3, b3), 48);
    if (sizeof<R>() === 2) v128.store(y2, normalized(v128.load(x2, 48), center2, scale2, shift2, g3, b3), 48);
    x += STEP_BYTES;
    y += STEP_BYTES;
    x2 += STEP_BYTES;
    y2 += STEP_BYTES;
    gamma += STEP_BYTES;
    beta += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    const g0 = loadUpTo4(gamma, i);
    const b0 = loadUpTo4(beta, i);
    storeUpTo4(y, normalized(loadUpTo4(x, i), center, scale, shift, g0, b0), i);
    if (sizeof<R>() === 2) storeUpTo4(y2, normalized(loadUpTo4(x2, i), center2, scale2, shift2, g0, b0), i);
    x += VECTOR;
    y += VECTOR;
    x2 += VECTOR;
    y2 += VECTOR;
    gamma += VECTOR;
    beta += VECTOR;
  }
}

function normalized(x: v128, center: v128, scale: v128, offset: v128, gamma: v128, beta: v128): v128 {
  return multiplyAdd(multiplyAdd(f32x4.sub(x, center), scale, offset), gamma, beta);
}
