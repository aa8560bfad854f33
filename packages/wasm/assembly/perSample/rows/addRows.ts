/** The sums of a gradient over a row in which every element has its own gamma and beta, or over two; R as in normalizeRows.ts. */
import { pair } from '../../loops/pair';
import {
  loadUpTo4,
  maskUpTo4,
  multiplyAdd,
  STEP,
  STEP_BYTES,
  storeUpTo4,
  sumOf,
  VECTOR,
} from '../../loops/vector';
import { CENTER, RSTD } from './block';

/** Floats between two widenings of a sum to float64. */
const BLOCK: i32 = 256;
/**
 * Leaves [sum(gamma * dy), sum(gamma * dy * xhat)] in the record of each row, and adds dy * xhat to dGamma and dy to dBeta, element
 * by element. xhat = (x - mean) * rstd. Reads dy and x once; two rows share each load of gamma, and each load and store of
 * dGamma and dBeta.
 */
export function addRows<R>(
  dy: usize,
  x: usize,
  apart: usize,
  length: i32,
  record: usize,
  record2: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
): void {
  const center = v128.load32_splat(record, CENTER);
  const scale = v128.load32_splat(record, RSTD);
  const center2 = v128.load32_splat(record2, CENTER);
  const scale2 = v128.load32_splat(record2, RSTD);
  let rowDy: f64 = 0;
  let rowDyXhat: f64 = 0;
  let rowDy2: f64 = 0;
  let rowDyXhat2: f64 = 0;
  let dy2 = dy + apart;
  let x2 = x + apart;
  for (let left = length; left > 0; left -= BLOCK) {
    // A single row has the second pair of sums for its odd vectors.
    let a = f32x4.splat(0);
    let b = a;
    let a2 = a;
    let b2 = a;
    let i = min(left, BLOCK);
    for (; i >= STEP; i -= STEP) {
      const weight0 = v128.load(gamma);
      let g0 = v128.load(dy);
      let gXhat0 = f32x4.mul(g0, f32x4.mul(f32x4.sub(v128.load(x), center), scale));
      a = multiplyAdd(g0, weight0, a);
      b = multiplyAdd(gXhat0, weight0, b);
      if (sizeof<R>() === 2) {
        const h0 = v128.load(dy2);
        const hXhat0 = f32x4.mul(h0, f32x4.mul(f32x4.sub(v128.load(x2), center2), scale2));
        a2 = multiplyAdd(h0, weight0, a2);
        b2 = multiplyAdd(hXhat0, weight0, b2);
        g0 = f32x4.add(g0, h0);
        gXhat0 = f32x4.add(gXhat0, hXhat0);
      }
      v128.store(dGamma, f32x4.add(v128.load(dGamma), gXhat0));
      v128.store(dBeta, f32x4.add(v128.load(dBeta), g0));
      const weight1 = v128.load(gamma, 16);
      let g1 = v128.load(dy, 16);
      let gXhat1 = f32x4.mul(g1, f32x4.mul(f32x4.sub(v128.load(x, 16), center), scale));
      if (sizeof<R>() === 1) {
        a2 = multiplyAdd(g1, weight1, a2);
        b2 = multiplyAdd(gXhat1, weight1, b2);
      } else {
        a = multiplyAdd(g1, weight1, a);
        b = multiplyAdd(gXhat1, weight1, b);
        const h1 = v128.load(dy2, 16);
        const hXhat1 = f32x4.mul(h1, f32x4.mul(f32x4.sub(v128.load(x2, 16), center2), scale2));
        a2 = multiplyAdd(h1, weight1, a2);
        b2 = multiplyAdd(hXhat1, weight1, b2);
        g1 = f32x4.add(g1, h1);
        gXhat1 = f32x4.add(gXhat1, hXhat1);
      }
      v128.store(dGamma, f32x4.add(v128.load(dGamma, 16), gXhat1), 16);
      v128.store(dBeta, f32x4.add(v128.load(dBeta, 16), g1), 16);
      const weight2 = v128.load(gamma, 32);
      let g2 = v128.load(dy, 32);
      let gXhat2 = f32x4.mul(g2, f32x4.mul(f32x4.sub(v128.load(x, 32), center), scale));
      a = multiplyAdd(g2, weight2, a);
      b = multiplyAdd(gXhat2, weight2, b);
      if (sizeof<R>() === 2) {
        const h2 = v128.load(dy2, 32);
        const hXhat2 = f32x4.mul(h2, f32x4.mul(f32x4.sub(v128.load(x2, 32), center2), scale2));
        a2 = multiplyAdd(h2, weight2, a2);
        b2 = multiplyAdd(hXhat2, weight2, b2);
        g2 = f32x4.add(g2, h2);
        gXhat2 = f32x4.add(gXhat2, hXhat2);
      }
      v128.store(dGamma, f32x4.add(v128.load(dGamma, 32), gXhat2), 32);
      v128.store(dBeta, f32x4.add(v128.load(dBeta, 32), g2), 32);
      const weight3 = v128.load(gamma, 48);
      let g3 = v128.load(dy, 48);
      let gXhat3 = f32x4.mul(g3, f32x4.mul(f32x4.sub(v128.load(x, 48), center), scale));
      if (sizeof<R>() === 1) {
        a2 = multiplyAdd(g3, weight3, a2);
        b2 = multiplyAdd(gXhat3, weight3, b2);
      } else {
        a = multiplyAdd(g3, weight3, a);
        b = multiplyAdd(gXhat3, weight3, b);
        const h3 = v128.load(dy2, 48);
        const hXhat3 = f32x4.mul(h3, f32x4.mul(f32x4.sub(v128.load(x2, 48), center2), scale2));
        a2 = multiplyAdd(h3, weight3, a2);
        b2 = multiplyAdd(hXhat3, weight3, b2);
        g3 = f32x4.add(g3, h3);
        gXhat3 = f32x4.add(gXhat3, hXhat3);
      }
      v128.store(dGamma, f32x4.add(v128.load(dGamma, 48), gXhat3), 48);
      v128.store(dBeta, f32x4.add(v128.load(dBeta, 48), g3), 48);
      dy += STEP_BYTES;
      x += STEP_BYTES;
      dy2 += STEP_BYTES;
      x2 += STEP_BYTES;
      gamma += STEP_BYTES;
      dGamma += STEP_BYTES;
      dBeta += STEP_BYTES;
    }
    for (; i > 0; i -= 4) {
      const weight = loadUpTo4(gamma, i);
      let g = loadUpTo4(dy, i);
      let gXhat = f32x4.mul(g, f32x4.mul(v128.and(f32x4.sub(loadUpTo4(x, i), center), maskUpTo4(i)), scale));
      a = multiplyAdd(g, weight, a);
      b = multiplyAdd(gXhat, weight, b);
      if (sizeof<R>() === 2) {
        const h = loadUpTo4(dy2, i);
        const hXhat = f32x4.mul(
          h,
          f32x4.mul(v128.and(f32x4.sub(loadUpTo4(x2, i), center2), maskUpTo4(i)), scale2),
        );
        a2 = multiplyAdd(h, weight, a2);
        b2 = multiplyAdd(hXhat, weight, b2);
        g = f32x4.add(g, h);
        gXhat = f32x4.add(gXhat, hXhat);
      }
      storeUpTo4(dGamma, f32x4.add(loadUpTo4(dGamma, i), gXhat), i);
      storeUpTo4(dBeta, f32x4.add(loadUpTo4(dBeta, i), g), i);
      dy += VECTOR;
      x += VECTOR;
      dy2 += VECTOR;
      x2 += VECTOR;
      gamma += VECTOR;
      dGamma += VECTOR;
      dBeta += VECTOR;
    }
    if (sizeof<R>() === 1) {
      rowDy += sumOf(f32x4.add(a, a2));
      rowDyXhat += sumOf(f32x4.add(b, b2));
    } else {
      rowDy += sumOf(a);
      rowDyXhat += sumOf(b);
      rowDy2 += sumOf(a2);
      rowDyXhat2 += sumOf(b2);
    }
  }
  v128.store(record, pair(rowDy, rowDyXhat));
  if (sizeof<R>() === 2) v128.store(record2, pair(rowDy2, rowDyXhat2));
}
