/** Vector operations that every kernel shares, and the partial loads and stores of the last 1 to 3 floats of a run. */

/** Bytes of a float32 and of a 128-bit vector, as pointers count them. */
export const FLOAT: usize = 4;
export const VECTOR: usize = 16;

/** Loads the `count` (1 to 3) floats at `pointer`; the other lanes are 0. Reads nothing beyond them. */
export function loadPartial(pointer: usize, count: i32): v128 {
  if (count === 1) return v128.load32_zero(pointer);
  const pair = v128.load64_zero(pointer);
  if (count === 2) return pair;
  return v128.load_lane<f32>(pointer, pair, 2, 8);
}

/** Stores the first `count` (1 to 3) lanes of `value` at `pointer`. */
export function storePartial(pointer: usize, value: v128, count: i32): void {
  if (count === 1) {
    v128.store_lane<f32>(pointer, value, 0);
    return;
  }
  v128.store_lane<f64>(pointer, value, 0);
  if (count === 3) v128.store_lane<f32>(pointer, value, 2, 8);
}

/** All bits set in the first `count` (1 to 3) lanes. */
export function partialMask(count: i32): v128 {
  if (count === 1) return i32x4(-1, 0, 0, 0);
  if (count === 2) return i32x4(-1, -1, 0, 0);
  return i32x4(-1, -1, -1, 0);
}

/** The same for 1 to 4 floats, where the loop around it does not tell. */
export function loadUpTo4(pointer: usize, count: i32): v128 {
  return count >= 4 ? v128.load(pointer) : loadPartial(pointer, count);
}

export function storeUpTo4(pointer: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(pointer, value);
  else storePartial(pointer, value, count);
}

export function maskUpTo4(count: i32): v128 {
  return count >= 4 ? i32x4(-1, -1, -1, -1) : partialMask(count);
}

/** Sum of four float32 lanes as two float64 lanes: lanes 0 and 2, 1 and 3. */
export function widenSum(value: v128): v128 {
  const high = i32x4.shuffle(value, value, 2, 3, 2, 3);
  return f64x2.add(f64x2.promote_low_f32x4(value), f64x2.promote_low_f32x4(high));
}

/** Sum of two float64 lanes. */
export function sumLanes(value: v128): f64 {
  return f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1);
}
