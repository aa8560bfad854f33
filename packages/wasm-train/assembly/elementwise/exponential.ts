/**
 * e^x = 2^n e^r, where n is the whole number nearest to x / ln 2 and r = x - n ln 2 the rest, within half of ln 2. ln 2 is
 * subtracted in two parts, of which n times the first is exact. e^r - 1 = r + r^2 p(r), with the polynomial of the Cephes
 * library (expf.c): within 2e-7 of the truth. NaN stays NaN.
 */
import { multiplyAdd } from '../vector';

/** Below this, 2^n has no float with all its digits. */
const LEAST: f32 = -87;

/** n as it belongs to x. */
function powerOf(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, f32x4.splat(Mathf.LOG2E)));
}

/** e^r - 1 */
function restOf(x: v128, n: v128): v128 {
  const r = multiplyAdd(n, f32x4.splat(2.1219444e-4), multiplyAdd(n, f32x4.splat(-0.693359375), x));
  let p = f32x4.splat(1.98756915e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.39819995e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.33345191e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.16657959e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.66666665e-1));
  p = multiplyAdd(p, r, f32x4.splat(0.5));
  return multiplyAdd(f32x4.mul(p, r), r, r);
}

/** 2^n for n from -126 to 127 */
function twoTo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** e^x for x <= 0; 0 below -87. */
export function expOfNegative(x: v128): v128 {
  const clamped = f32x4.pmax(x, f32x4.splat(LEAST));
  const n = powerOf(clamped);
  const power = twoTo(n);
  const result = multiplyAdd(restOf(clamped, n), power, power);
  return v128.andnot(result, f32x4.lt(x, f32x4.splat(LEAST)));
}

/** e^x - 1 for x <= 0, with all digits near 0. */
export function expm1OfNegative(x: v128): v128 {
  const clamped = f32x4.pmax(x, f32x4.splat(LEAST));
  const n = powerOf(clamped);
  const power = twoTo(n);
  return multiplyAdd(restOf(clamped, n), power, f32x4.sub(power, f32x4.splat(1)));
}
