/**
 * Sums per column: x is `rows` contiguous rows of `width` floats. Rows are walked along, and the sums, arrays padded to whole
 * vectors, stay in the nearest cache, where they are loaded and stored once for all rows that go together.
 *
 * Rows that go together lie a part of all rows apart: each part is read as it lies in memory. Rows beside each other would break
 * that order at the end of each row, which the processor's prefetching does not survive (4096x1024, gradient sums of four rows:
 * 1.9 ms in place of 1.2).
 */
import { factorOf, lastFactorsOf } from './sums';
import { FLOAT, loadUpTo4, maskUpTo4, multiplyAdd, VECTOR } from './vector';

/** Bytes of x and dy from which on the rows of gradient sums come from memory, in part and wholly. */
const NEAR_MEMORY: f64 = 8 * 1024 * 1024;
const IN_MEMORY: f64 = 16 * 1024 * 1024;

/**
 * How many rows the gradient sums of so many floats take together. From memory they come fastest in few streams: 100352x64 takes 1.61
 * ms row by row, 1.72 with two rows together and 1.95 with four; 6272x256 0.35, 0.30 and 0.33; 1568x512 0.118 with two and 0.107 with
 * four.
 */
export function gradientRowsTogether(floats: f64): i32 {
  const bytes = 2 * <f64>FLOAT * floats;
  if (bytes < NEAR_MEMORY) return 4;
  return bytes < IN_MEMORY ? 2 : 1;
}

/** The sums of statistics read one tensor: four streams beat one anywhere (100352x64: 1.05 and 1.27 ms). */
export const STATISTIC_ROWS_TOGETHER: i32 = 4;

/**
 * sum[j] += sum(g), product[j] += sum(g * d) over column j, where d = x - center[j] and g is dy (an address), or d itself
 * (`false`). Reads x, and dy, once.
 *
 * @param together 1, 2 or 4.
 */
export function addColumns<G>(
  dy: G,
  x: usize,
  rows: i32,
  width: i32,
  together: i32,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const stride = <usize>width * FLOAT;
  const part = rows / together;
  const apart = <usize>part * stride;
  let row: usize = 0;
  for (let r: i32 = 0; r < part; r++) {
    if (together === 4) addRows<G, u32>(dy, x, row, apart, width, center, sum, product);
    else if (together === 2) addRows<G, u16>(dy, x, row, apart, width, center, sum, product);
    else addRows<G, u8>(dy, x, row, 0, width, center, sum, product);
    row += stride;
  }
  row += <usize>(together - 1) * apart;
  for (let r = part * together; r < rows; r++) {
    addRows<G, u8>(dy, x, row, 0, width, center, sum, product);
    row += stride;
  }
}

/**
 * Adds the row that begins `row` bytes behind the first one, and with it the rows one, two and three times `apart` bytes further:
 * R is u8 for one row, u16 for two, u32 for four, and the compiler makes a loop for each.
 */
function addRows<G, R>(
  dy: G,
  x: usize,
  row: usize,
  apart: usize,
  width: i32,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const end = <usize>(width & ~3) * FLOAT;
  const row1 = row + apart;
  const row2 = row1 + apart;
  const row3 = row2 + apart;
  for (let at: usize = 0; at < end; at += VECTOR) {
    const c = v128.load(center + at);
    const d0 = f32x4.sub(v128.load(x + row + at), c);
    let g = factorOf<G>(dy, row + at, 0, d0);
    let p = f32x4.mul(g, d0);
    if (sizeof<R>() >= 2) {
      const d1 = f32x4.sub(v128.load(x + row1 + at), c);
      const g1 = factorOf<G>(dy, row1 + at, 0, d1);
      g = f32x4.add(g, g1);
      p = multiplyAdd(g1, d1, p);
    }
    if (sizeof<R>() === 4) {
      const d2 = f32x4.sub(v128.load(x + row2 + at), c);
      const d3 = f32x4.sub(v128.load(x + row3 + at), c);
      const g2 = factorOf<G>(dy, row2 + at, 0, d2);
      const g3 = factorOf<G>(dy, row3 + at, 0, d3);
      g = f32x4.add(g, f32x4.add(g2, g3));
      p = f32x4.add(p, multiplyAdd(g3, d3, f32x4.mul(g2, d2)));
    }
    v128.store(sum + at, f32x4.add(v128.load(sum + at), g));
    v128.store(product + at, f32x4.add(v128.load(product + at), p));
  }
  if ((width & 3) === 0) return;
  for (let k: usize = 0; k < sizeof<R>(); k++)
    addLast<G>(dy, x, row + k * apart, width, center, sum, product);
}

/** The last 1 to 3 floats of a row. */
function addLast<G>(
  dy: G,
  x: usize,
  row: usize,
  width: i32,
  center: usize,
  sum: usize,
  product: usize,
): void {
  const count = width & 3;
  const at = <usize>(width - count) * FLOAT;
  const d = v128.and(f32x4.sub(loadUpTo4(x + row + at, count), v128.load(center + at)), maskUpTo4(count));
  const g = lastFactorsOf<G>(dy, row + at, count, d);
  v128.store(sum + at, f32x4.add(v128.load(sum + at), g));
  v128.store(product + at, multiplyAdd(g, d, v128.load(product + at)));
}
