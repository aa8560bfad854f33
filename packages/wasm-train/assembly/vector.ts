/**
 * The few vector operations that every kernel shares.
 *
 * A loop over vectors and the loop over what is left behind the last of them have one body, generic in L: L is v128 for four floats
 * at once, and f32 for one float, in the first lane of a vector. So an element's value never depends on its place.
 *
 * No function here carries `@inline`: they are small enough for the optimizer to inline by itself, and a decorator
 * on a function is not TypeScript, so no formatter or linter could read the file.
 */

/** Floats in a 128-bit vector. */
export const LANES: i32 = 4;
/** Bytes of a float32, as the type of a pointer. */
export const FLOAT: usize = 4;
/** Bytes of an int32: of an index, or of an offset in a table. */
export const INT: usize = 4;
/** Bytes of a 128-bit vector, as the type of a pointer. */
export const VECTOR: usize = 16;

/** Four floats, or one and zeros. */
export function loadLanes<L>(pointer: usize): v128 {
  return sizeof<L>() === VECTOR ? v128.load(pointer) : v128.load_zero<f32>(pointer);
}

/** Stores the lanes that `loadLanes` has loaded. */
export function storeLanes<L>(pointer: usize, value: v128): void {
  if (sizeof<L>() === VECTOR) v128.store(pointer, value);
  else v128.store_lane<f32>(pointer, value, 0);
}

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

/** result[0..count) = f(a[0..count), b[0..count), factor), F being a class with the function as its method `of`. */
export function combine<F>(result: usize, a: usize, b: usize, factor: f32, count: i32): void {
  const factors = f32x4.splat(factor);
  const bytes = (count as usize) * FLOAT;
  const end = result + bytes;
  const vectorsEnd = result + (bytes & ~(VECTOR - 1));
  for (; result < vectorsEnd; result += VECTOR) {
    combineLanes<F, v128>(result, a, b, factors);
    a += VECTOR;
    b += VECTOR;
  }
  for (; result < end; result += FLOAT) {
    combineLanes<F, f32>(result, a, b, factors);
    a += FLOAT;
    b += FLOAT;
  }
}

/** The method of F needs no object. */
function combineLanes<F, L>(result: usize, a: usize, b: usize, factors: v128): void {
  storeLanes<L>(result, changetype<F>(0).of(loadLanes<L>(a), loadLanes<L>(b), factors));
}

@unmanaged
class Sum {
  of(a: v128, b: v128, _factors: v128): v128 {
    return f32x4.add(a, b);
  }
}

@unmanaged
class SumOfProduct {
  of(a: v128, b: v128, factors: v128): v128 {
    return multiplyAdd(factors, b, a);
  }
}

/** destination[0..count) += source[0..count) */
export function addTo(destination: usize, source: usize, count: i32): void {
  combine<Sum>(destination, destination, source, 1, count);
}

/** destination[0..count) += factor * source[0..count) */
export function addProductTo(destination: usize, factor: f32, source: usize, count: i32): void {
  combine<SumOfProduct>(destination, destination, source, factor, count);
}

/** destination[0..count) = source[0..count); for runs so short that memory.copy's call would cost more. */
export function copyTo(destination: usize, source: usize, count: i32): void {
  for (; count >= LANES; count -= LANES) {
    v128.store(destination, v128.load(source));
    destination += VECTOR;
    source += VECTOR;
  }
  for (; count > 0; --count) {
    store<f32>(destination, load<f32>(source));
    destination += FLOAT;
    source += FLOAT;
  }
}

/** The smallest multiple of 8 that is not below n: the width of a matrix cut in panels of 8 columns. */
export function roundUpTo8(n: i32): i32 {
  return (n + 7) & ~7;
}
