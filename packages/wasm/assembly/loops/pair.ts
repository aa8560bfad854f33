/** Two float64 numbers, as a function returns them: a mean and M2 or a variance, or two sums. */

export function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

export function first(value: v128): f64 {
  return f64x2.extract_lane(value, 0);
}

export function second(value: v128): f64 {
  return f64x2.extract_lane(value, 1);
}
