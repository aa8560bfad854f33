/**
 * The few vector operations that every kernel shares.
 *
 * No function here carries `@inline`: they are small enough for the optimizer to inline by itself, and a decorator
 * on a function is not TypeScript, so no formatter or linter could read the file.
 */

/** Floats in a 128-bit vector. */
export const LANES: i32 = 4;
/** Bytes of a float32, as the type of a pointer. */
export const FLOAT: usize = 4;
/** Bytes of a 128-bit vector, as the type of a pointer. */
export const VECTOR: usize = 16;

/** a * b + c: one rounding where the engine has relaxed SIMD on a processor with FMA, two elsewhere. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The first `count` floats at `source`, at most 3, and zeros; nothing behind them is read. */
export function loadFirst(source: usize, count: i32): v128 {
  if (count === 0) return f32x4.splat(0);
  if (count === 1) return v128.load_zero<f32>(source);
  const two = v128.load_zero<f64>(source);
  return count === 2 ? two : v128.load_lane<f32>(source, two, 2, 8);
}

/** destination[0..count) += source[0..count) */
export function addTo(destination: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + LANES <= count; i += LANES) {
    v128.store(destination, f32x4.add(v128.load(destination), v128.load(source)));
    destination += VECTOR;
    source += VECTOR;
  }
  for (; i < count; ++i) {
    store<f32>(destination, load<f32>(destination) + load<f32>(source));
    destination += FLOAT;
    source += FLOAT;
  }
}

/** destination[0..count) = source[0..count); for runs so short that memory.copy's call would cost more. */
export function copyTo(destination: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + LANES <= count; i += LANES) {
    v128.store(destination, v128.load(source));
    destination += VECTOR;
    source += VECTOR;
  }
  for (; i < count; ++i) {
    store<f32>(destination, load<f32>(source));
    destination += FLOAT;
    source += FLOAT;
  }
}

/** The smallest multiple of 8 that is not below n: the width of a matrix cut in panels of 8 columns. */
export function roundUpTo8(n: i32): i32 {
  return (n + 7) & ~7;
}
