/** result = keep * average + weight * value, element by element; a vector of channels, so SIMD would gain nothing. */
import { float, storeFloat } from './loops/numbers';

export function movingAverage(
  average: usize,
  value: usize,
  result: usize,
  length: i32,
  keep: f64,
  weight: f64,
): void {
  for (let i: i32 = 0; i < length; i++) {
    storeFloat(result, i, keep * float(average, i) + weight * float(value, i));
  }
}
