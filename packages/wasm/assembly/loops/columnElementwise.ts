/**
 * The element-wise loops over columns: `length` floats in rows of `width`, of which the last need not be full. `factors` are those
 * of factors.ts, interleaved.
 *
 * Rows of the first half and of the second go together, so that two share each load of a factor. Rows that lie beside each other
 * would break the order of memory at the end of each row, which the processor's prefetching does not survive: twice the time
 * beyond the cache.
 */
import { gradient, normalized } from './elementwise';
import { OneRun, TwoRuns } from './typeArguments';
import { FLOAT, loadUpTo4, storeUpTo4, VECTOR } from './vector';

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function normalizeColumns(y: usize, x: usize, length: i32, width: i32, factors: usize): void {
  const stride = <usize>width * FLOAT;
  const half = length / (2 * width);
  const apart = <usize>half * stride;
  let at: usize = 0;
  for (let r: i32 = 0; r < half; r++) {
    normalizeRow<TwoRuns>(y + at, x + at, apart, width, factors);
    at += stride;
  }
  at += apart;
  for (let left = length - 2 * half * width; left > 0; left -= width) {
    normalizeRow<OneRun>(y + at, x + at, 0, min(left, width), factors);
    at += stride;
  }
}

function normalizeRow<Runs>(y: usize, x: usize, apart: usize, length: i32, factors: usize): void {
  let at: usize = 0;
  for (; length >= 8; length -= 8) {
    const c0 = v128.load(factors);
    const s0 = v128.load(factors, 16);
    const o0 = v128.load(factors, 32);
    const c1 = v128.load(factors, 48);
    const s1 = v128.load(factors, 64);
    const o1 = v128.load(factors, 80);
    v128.store(y + at, normalized(v128.load(x + at), c0, s0, o0));
    v128.store(y + at, normalized(v128.load(x + at, 16), c1, s1, o1), 16);
    if (sizeof<Runs>() === 2) {
      const at2 = at + apart;
      v128.store(y + at2, normalized(v128.load(x + at2), c0, s0, o0));
      v128.store(y + at2, normalized(v128.load(x + at2, 16), c1, s1, o1), 16);
    }
    at += 2 * VECTOR;
    factors += 6 * VECTOR;
  }
  for (; length > 0; length -= 4) {
    const c = v128.load(factors);
    const s = v128.load(factors, 16);
    const o = v128.load(factors, 32);
    storeUpTo4(y + at, normalized(loadUpTo4(x + at, length), c, s, o), length);
    if (sizeof<Runs>() === 2) {
      const at2 = at + apart;
      storeUpTo4(y + at2, normalized(loadUpTo4(x + at2, length), c, s, o), length);
    }
    at += VECTOR;
    factors += 3 * VECTOR;
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function inputGradientColumns(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  width: i32,
  factors: usize,
): void {
  const stride = <usize>width * FLOAT;
  const half = length / (2 * width);
  const apart = <usize>half * stride;
  let at: usize = 0;
  for (let r: i32 = 0; r < half; r++) {
    inputGradientRow<TwoRuns>(dx + at, dy + at, x + at, apart, width, factors);
    at += stride;
  }
  at += apart;
  for (let left = length - 2 * half * width; left > 0; left -= width) {
    inputGradientRow<OneRun>(dx + at, dy + at, x + at, 0, min(left, width), factors);
    at += stride;
  }
}

function inputGradientRow<Runs>(
  dx: usize,
  dy: usize,
  x: usize,
  apart: usize,
  length: i32,
  factors: usize,
): void {
  let at: usize = 0;
  for (; length >= 8; length -= 8) {
    const at2 = at + apart;
    const c0 = v128.load(factors);
    const a0 = v128.load(factors, 16);
    const b0 = v128.load(factors, 32);
    const e0 = v128.load(factors, 48);
    v128.store(dx + at, gradient(v128.load(dy + at), v128.load(x + at), c0, a0, b0, e0));
    if (sizeof<Runs>() === 2) {
      v128.store(dx + at2, gradient(v128.load(dy + at2), v128.load(x + at2), c0, a0, b0, e0));
    }
    const c1 = v128.load(factors, 64);
    const a1 = v128.load(factors, 80);
    const b1 = v128.load(factors, 96);
    const e1 = v128.load(factors, 112);
    v128.store(dx + at, gradient(v128.load(dy + at, 16), v128.load(x + at, 16), c1, a1, b1, e1), 16);
    if (sizeof<Runs>() === 2) {
      v128.store(dx + at2, gradient(v128.load(dy + at2, 16), v128.load(x + at2, 16), c1, a1, b1, e1), 16);
    }
    at += 2 * VECTOR;
    factors += 8 * VECTOR;
  }
  for (; length > 0; length -= 4) {
    const c = v128.load(factors);
    const a = v128.load(factors, 16);
    const b = v128.load(factors, 32);
    const e = v128.load(factors, 48);
    storeUpTo4(dx + at, gradient(loadUpTo4(dy + at, length), loadUpTo4(x + at, length), c, a, b, e), length);
    if (sizeof<Runs>() === 2) {
      const at2 = at + apart;
      const x2 = loadUpTo4(x + at2, length);
      storeUpTo4(dx + at2, gradient(loadUpTo4(dy + at2, length), x2, c, a, b, e), length);
    }
    at += VECTOR;
    factors += 4 * VECTOR;
  }
}
