/**
 * The four loops over memory, on one run of contiguous floats that share mean, variance, gamma and beta. Float32 lanes
 * add up at most BLOCK floats before they are widened into float64 sums.
 */
import { loadPartial, partialMask, storePartial, VECTOR, widenSum } from './vector';

/** Floats between two widenings: 16 additions a lane, so that sums keep float32's last bit. */
const BLOCK: i32 = 256;
/** Floats the main loops take at a time: four vectors hide the latency of an addition. */
const STEP: i32 = 16;
const STEP_BYTES: usize = 64;

/** Two float64 lanes each; the callers add the lanes at the end of a chunk. */
export let sumA: v128 = i64x2(0, 0);
export let sumB: v128 = i64x2(0, 0);

export function resetSums(): void {
  sumA = i64x2(0, 0);
  sumB = i64x2(0, 0);
}

/** sumA += sum(x). Reads x once. */
export function addSum(x: usize, length: i32): void {
  let left = length;
  while (left > 0) {
    const block = min(left, BLOCK);
    left -= block;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let i: i32 = block;
    for (; i >= STEP; i -= STEP) {
      a0 = f32x4.add(a0, v128.load(x));
      a1 = f32x4.add(a1, v128.load(x, 16));
      a2 = f32x4.add(a2, v128.load(x, 32));
      a3 = f32x4.add(a3, v128.load(x, 48));
      x += STEP_BYTES;
    }
    for (; i >= 4; i -= 4) {
      a0 = f32x4.add(a0, v128.load(x));
      x += VECTOR;
    }
    if (i > 0) a1 = f32x4.add(a1, loadPartial(x, i));
    sumA = f64x2.add(sumA, widenSum(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))));
  }
}

/** sumA += sum(x - shift), sumB += sum((x - shift)^2). Reads x once. */
export function addShifted(x: usize, length: i32, shift: f32): void {
  const center = f32x4.splat(shift);
  let left = length;
  while (left > 0) {
    const block = min(left, BLOCK);
    left -= block;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let i: i32 = block;
    for (; i >= STEP; i -= STEP) {
      const d0 = f32x4.sub(v128.load(x), center);
      const d1 = f32x4.sub(v128.load(x, 16), center);
      const d2 = f32x4.sub(v128.load(x, 32), center);
      const d3 = f32x4.sub(v128.load(x, 48), center);
      a0 = f32x4.add(a0, d0);
      a1 = f32x4.add(a1, d1);
      a2 = f32x4.add(a2, d2);
      a3 = f32x4.add(a3, d3);
      b0 = f32x4.add(b0, f32x4.mul(d0, d0));
      b1 = f32x4.add(b1, f32x4.mul(d1, d1));
      b2 = f32x4.add(b2, f32x4.mul(d2, d2));
      b3 = f32x4.add(b3, f32x4.mul(d3, d3));
      x += STEP_BYTES;
    }
    for (; i >= 4; i -= 4) {
      const d = f32x4.sub(v128.load(x), center);
      a0 = f32x4.add(a0, d);
      b0 = f32x4.add(b0, f32x4.mul(d, d));
      x += VECTOR;
    }
    if (i > 0) {
      const d = v128.and(f32x4.sub(loadPartial(x, i), center), partialMask(i));
      a1 = f32x4.add(a1, d);
      b1 = f32x4.add(b1, f32x4.mul(d, d));
    }
    sumA = f64x2.add(sumA, widenSum(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))));
    sumB = f64x2.add(sumB, widenSum(f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, b3))));
  }
}

/** sumA += sum(dy), sumB += sum(dy * (x - mean)). Reads dy and x once. */
export function addGradientSums(dy: usize, x: usize, length: i32, mean: f32): void {
  const center = f32x4.splat(mean);
  let left = length;
  while (left > 0) {
    const block = min(left, BLOCK);
    left -= block;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let i: i32 = block;
    for (; i >= STEP; i -= STEP) {
      const g0 = v128.load(dy);
      const g1 = v128.load(dy, 16);
      const g2 = v128.load(dy, 32);
      const g3 = v128.load(dy, 48);
      a0 = f32x4.add(a0, g0);
      a1 = f32x4.add(a1, g1);
      a2 = f32x4.add(a2, g2);
      a3 = f32x4.add(a3, g3);
      b0 = f32x4.add(b0, f32x4.mul(g0, f32x4.sub(v128.load(x), center)));
      b1 = f32x4.add(b1, f32x4.mul(g1, f32x4.sub(v128.load(x, 16), center)));
      b2 = f32x4.add(b2, f32x4.mul(g2, f32x4.sub(v128.load(x, 32), center)));
      b3 = f32x4.add(b3, f32x4.mul(g3, f32x4.sub(v128.load(x, 48), center)));
      dy += STEP_BYTES;
      x += STEP_BYTES;
    }
    for (; i >= 4; i -= 4) {
      const g = v128.load(dy);
      a0 = f32x4.add(a0, g);
      b0 = f32x4.add(b0, f32x4.mul(g, f32x4.sub(v128.load(x), center)));
      dy += VECTOR;
      x += VECTOR;
    }
    if (i > 0) {
      const g = loadPartial(dy, i);
      const d = v128.and(f32x4.sub(loadPartial(x, i), center), partialMask(i));
      a1 = f32x4.add(a1, g);
      b1 = f32x4.add(b1, f32x4.mul(g, d));
    }
    sumA = f64x2.add(sumA, widenSum(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))));
    sumB = f64x2.add(sumB, widenSum(f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, b3))));
  }
}

/** y = (x - mean) * scale + offset. Reads x once, writes y once. */
export function normalizeRun(y: usize, x: usize, length: i32, mean: f32, scale: f32, offset: f32): void {
  const center = f32x4.splat(mean);
  const a = f32x4.splat(scale);
  const b = f32x4.splat(offset);
  let i: i32 = length;
  for (; i >= STEP; i -= STEP) {
    v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), center), a), b));
    v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 16), center), a), b), 16);
    v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 32), center), a), b), 32);
    v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 48), center), a), b), 48);
    x += STEP_BYTES;
    y += STEP_BYTES;
  }
  for (; i >= 4; i -= 4) {
    v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), center), a), b));
    x += VECTOR;
    y += VECTOR;
  }
  if (i > 0) storePartial(y, f32x4.add(f32x4.mul(f32x4.sub(loadPartial(x, i), center), a), b), i);
}

/** dx = a * dy + b * (x - mean) + c. Reads dy and x once, writes dx once. */
export function inputGradientRun(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  mean: f32,
  dyFactor: f32,
  xFactor: f32,
  constant: f32,
): void {
  const center = f32x4.splat(mean);
  const a = f32x4.splat(dyFactor);
  const b = f32x4.splat(xFactor);
  const c = f32x4.splat(constant);
  let i: i32 = length;
  for (; i >= 8; i -= 8) {
    const d0 = f32x4.mul(f32x4.sub(v128.load(x), center), b);
    const d1 = f32x4.mul(f32x4.sub(v128.load(x, 16), center), b);
    v128.store(dx, f32x4.add(f32x4.add(f32x4.mul(v128.load(dy), a), c), d0));
    v128.store(dx, f32x4.add(f32x4.add(f32x4.mul(v128.load(dy, 16), a), c), d1), 16);
    x += 2 * VECTOR;
    dy += 2 * VECTOR;
    dx += 2 * VECTOR;
  }
  for (; i >= 4; i -= 4) {
    const d = f32x4.mul(f32x4.sub(v128.load(x), center), b);
    v128.store(dx, f32x4.add(f32x4.add(f32x4.mul(v128.load(dy), a), c), d));
    x += VECTOR;
    dy += VECTOR;
    dx += VECTOR;
  }
  if (i > 0) {
    const d = f32x4.mul(f32x4.sub(loadPartial(x, i), center), b);
    storePartial(dx, f32x4.add(f32x4.add(f32x4.mul(loadPartial(dy, i), a), c), d), i);
  }
}
