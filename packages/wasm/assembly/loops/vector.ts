/**
 * Vector operations that every kernel shares. Loops work on whole vectors, several at a time; what is left of a run goes
 * through the same formula with `loadUpTo4` and `storeUpTo4`.
 *
 * No function here carries `@inline`: they are small enough for the optimizer to inline by itself.
 */

/** Bytes of a float32, of a float64 and of a 128-bit vector, as pointers count them. */
export const FLOAT: usize = 4;
export const DOUBLE: usize = 8;
export const VECTOR: usize = 16;

/** Floats and bytes that a main loop takes at a time: four vectors hide the latency of an addition. */
export const STEP: i32 = 16;
export const STEP_BYTES: usize = 64;

/**
 * Loads the first `count` floats at `pointer + offset` (4 if there are more); the other lanes are 0. Reads nothing beyond them. A
 * main loop says 4 and an offset that is an immediate: the optimizer takes out the rest.
 */
export function loadUpTo4(pointer: usize, count: i32, offset: usize = 0): v128 {
  if (count >= 4) return loadAt(pointer, offset);
  const from = pointer + offset;
  if (count === 1) return v128.load32_zero(from);
  const pair = v128.load64_zero(from);
  if (count === 2) return pair;
  return v128.load_lane<f32>(from, pair, 2, 8);
}

/** Stores the first `count` lanes of `value` (4 if there are more) at `pointer + offset`. */
export function storeUpTo4(pointer: usize, value: v128, count: i32, offset: usize = 0): void {
  const to = pointer + offset;
  if (count >= 4) {
    storeAt(pointer, offset, value);
  } else if (count === 1) {
    v128.store_lane<f32>(to, value, 0);
  } else {
    v128.store_lane<f64>(to, value, 0);
    if (count === 3) v128.store_lane<f32>(to, value, 2, 8);
  }
}

/** All bits set in the first `count` lanes. */
export function maskUpTo4(count: i32): v128 {
  if (count >= 4) return i32x4(-1, -1, -1, -1);
  if (count === 1) return i32x4(-1, 0, 0, 0);
  if (count === 2) return i32x4(-1, -1, 0, 0);
  return i32x4(-1, -1, -1, 0);
}

/** a * b + c: one rounding where the engine has relaxed SIMD on a processor with FMA, two elsewhere. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Loads at `pointer + offset`: the offset as an immediate, which the optimizer does not make of a sum that might overflow. */
export function loadAt(pointer: usize, offset: usize): v128 {
  if (offset === 16) return v128.load(pointer, 16);
  if (offset === 32) return v128.load(pointer, 32);
  if (offset === 48) return v128.load(pointer, 48);
  return v128.load(pointer);
}

/** Stores at `pointer + offset` likewise. */
export function storeAt(pointer: usize, offset: usize, value: v128): void {
  if (offset === 16) v128.store(pointer, value, 16);
  else if (offset === 32) v128.store(pointer, value, 32);
  else if (offset === 48) v128.store(pointer, value, 48);
  else v128.store(pointer, value);
}

/** Sum of four float32 lanes in float64. */
export function sumOf(value: v128): f64 {
  const high = i32x4.shuffle(value, value, 2, 3, 2, 3);
  const sums = f64x2.add(f64x2.promote_low_f32x4(value), f64x2.promote_low_f32x4(high));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}
