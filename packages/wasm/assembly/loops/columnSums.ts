/**
 * Sums per column: x is `rows` contiguous rows of `width` floats. Rows are walked along, several at once, and the sums, arrays
 * padded to whole vectors, stay in the nearest cache.
 */
import { factorOf, lastFactorsOf } from './sums';
import { FLOAT, loadUpTo4, maskUpTo4, multiplyAdd, VECTOR } from './vector';

/**
 * sum[j] += sum(g), product[j] += sum(g * d) over column j, where d = x - center[j] and g is dy (an address), or d itself
 * (`false`). Reads x, and dy, once.
 */
export function addColumns<G>(
  dy: G,
  x: usize,
  rows: i32,
  width: i32,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const stride = <usize>width * FLOAT;
  let row: usize = 0;
  let r = rows;
  for (; r >= 4; r -= 4) {
    addFourRows<G>(dy, x, row, stride, width, center, sum, product);
    row += 4 * stride;
  }
  for (; r > 0; r--) {
    addRow<G>(dy, x, row, width, center, sum, product);
    row += stride;
  }
}

/** The four rows that begin `row` bytes from the first. */
function addFourRows<G>(
  dy: G,
  x: usize,
  row: usize,
  stride: usize,
  width: i32,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const end = <usize>(width & ~3) * FLOAT;
  const row1 = row + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  for (let at: usize = 0; at < end; at += VECTOR) {
    const c = v128.load(center + at);
    const d0 = f32x4.sub(v128.load(x + row + at), c);
    const d1 = f32x4.sub(v128.load(x + row1 + at), c);
    const d2 = f32x4.sub(v128.load(x + row2 + at), c);
    const d3 = f32x4.sub(v128.load(x + row3 + at), c);
    const g0 = factorOf<G>(dy, row + at, 0, d0);
    const g1 = factorOf<G>(dy, row1 + at, 0, d1);
    const g2 = factorOf<G>(dy, row2 + at, 0, d2);
    const g3 = factorOf<G>(dy, row3 + at, 0, d3);
    const g = f32x4.add(f32x4.add(g0, g1), f32x4.add(g2, g3));
    const p = f32x4.add(multiplyAdd(g1, d1, f32x4.mul(g0, d0)), multiplyAdd(g3, d3, f32x4.mul(g2, d2)));
    v128.store(sum + at, f32x4.add(v128.load(sum + at), g));
    v128.store(product + at, f32x4.add(v128.load(product + at), p));
  }
  const left = width & 3;
  if (left === 0) return;
  for (let k: usize = 0; k < 4; k++)
    addLast<G>(dy, x, row + k * stride + end, left, end, center, sum, product);
}

function addRow<G>(dy: G, x: usize, row: usize, width: i32, center: usize, sum: usize, product: usize): void {
  const end = <usize>(width & ~3) * FLOAT;
  for (let at: usize = 0; at < end; at += VECTOR) {
    const d = f32x4.sub(v128.load(x + row + at), v128.load(center + at));
    const g = factorOf<G>(dy, row + at, 0, d);
    v128.store(sum + at, f32x4.add(v128.load(sum + at), g));
    v128.store(product + at, multiplyAdd(g, d, v128.load(product + at)));
  }
  if ((width & 3) > 0) addLast<G>(dy, x, row + end, width & 3, end, center, sum, product);
}

/** The last `count` floats of a row, `element` bytes from the first row, `at` bytes from the first column. */
function addLast<G>(
  dy: G,
  x: usize,
  element: usize,
  count: i32,
  at: usize,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const d = v128.and(f32x4.sub(loadUpTo4(x + element, count), v128.load(center + at)), maskUpTo4(count));
  const g = lastFactorsOf<G>(dy, element, count, d);
  v128.store(sum + at, f32x4.add(v128.load(sum + at), g));
  v128.store(product + at, multiplyAdd(g, d, v128.load(product + at)));
}
