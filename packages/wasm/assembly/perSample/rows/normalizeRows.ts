/** The loop that normalizes a row of contiguous floats in which every element has its own gamma and beta, or two such rows. */
import { loadUpTo4, multiplyAdd, STEP, STEP_BYTES, storeUpTo4, VECTOR } from '../../loops/vector';
import { CENTER, OFFSET, RSTD } from './block';

/**
 * y = ((x - mean) * rstd + offset) * gamma + beta. Reads x once, writes y once.
 *
 * Of two rows, which share each load of gamma and beta, the second begins `apart` bytes behind the first and has `record2`.
 */
export function normalizeRows<Runs>(
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
    Four.normalized<Runs>(y, x, y2, x2, 0, 4, center, scale, shift, center2, scale2, shift2, gamma, beta);
    Four.normalized<Runs>(y, x, y2, x2, 16, 4, center, scale, shift, center2, scale2, shift2, gamma, beta);
    Four.normalized<Runs>(y, x, y2, x2, 32, 4, center, scale, shift, center2, scale2, shift2, gamma, beta);
    Four.normalized<Runs>(y, x, y2, x2, 48, 4, center, scale, shift, center2, scale2, shift2, gamma, beta);
    x += STEP_BYTES;
    y += STEP_BYTES;
    x2 += STEP_BYTES;
    y2 += STEP_BYTES;
    gamma += STEP_BYTES;
    beta += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    Four.normalized<Runs>(y, x, y2, x2, 0, i, center, scale, shift, center2, scale2, shift2, gamma, beta);
    x += VECTOR;
    y += VECTOR;
    x2 += VECTOR;
    y2 += VECTOR;
    gamma += VECTOR;
    beta += VECTOR;
  }
}

/** Four elements of a row, or of two; at its end the 1 to 3 that are left. */
// biome-ignore lint/complexity/noStaticOnlyClass: decorators are valid on methods only.
class Four {
  /** Inlined, so that offsets are immediates; it is too large for the optimizer to do so by itself. */
  @inline
  static normalized<Runs>(
    y: usize,
    x: usize,
    y2: usize,
    x2: usize,
    offset: usize,
    count: i32,
    center: v128,
    scale: v128,
    shift: v128,
    center2: v128,
    scale2: v128,
    shift2: v128,
    gamma: usize,
    beta: usize,
  ): void {
    const g = loadUpTo4(gamma, count, offset);
    const b = loadUpTo4(beta, count, offset);
    storeUpTo4(y, normalized(loadUpTo4(x, count, offset), center, scale, shift, g, b), count, offset);
    if (sizeof<Runs>() === 2)
      storeUpTo4(y2, normalized(loadUpTo4(x2, count, offset), center2, scale2, shift2, g, b), count, offset);
  }
}

function normalized(x: v128, center: v128, scale: v128, offset: v128, gamma: v128, beta: v128): v128 {
  return multiplyAdd(multiplyAdd(f32x4.sub(x, center), scale, offset), gamma, beta);
}
