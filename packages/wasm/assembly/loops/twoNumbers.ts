/**
 * Two neighbours of an array at a time, as float64: numbers.ts for loops over channels. `left` says how many elements there are from
 * the first on; of a float32 array nothing behind them is read or written, and float64 arrays are padded.
 */
import { DOUBLE, FLOAT } from './vector';

export function twoFloats(pointer: usize, index: i32, left: i32): v128 {
  const at = pointer + <usize>index * FLOAT;
  return f64x2.promote_low_f32x4(left > 1 ? v128.load64_zero(at) : v128.load32_zero(at));
}

export function storeTwoFloats(pointer: usize, index: i32, left: i32, value: v128): void {
  const at = pointer + <usize>index * FLOAT;
  const floats = f32x4.demote_f64x2_zero(value);
  if (left > 1) v128.store_lane<f64>(at, floats, 0);
  else v128.store_lane<f32>(at, floats, 0);
}

export function twoDoubles(pointer: usize, index: i32): v128 {
  return v128.load(pointer + <usize>index * DOUBLE);
}

/** gamma or beta of two channels, or what stands for it if there is none. */
export function twoParameters(pointer: usize, index: i32, left: i32, absent: f64): v128 {
  return pointer === 0 ? f64x2.splat(absent) : twoFloats(pointer, index, left);
}

export function twoReciprocalDeviations(variance: v128, epsilon: f64): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.add(variance, f64x2.splat(epsilon))));
}

/** offsetOf of two numbers. */
export function twoOffsets(mean: v128, scale: v128, beta: v128): v128 {
  const rounded = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(mean));
  return f64x2.sub(beta, f64x2.mul(f64x2.sub(mean, rounded), scale));
}
