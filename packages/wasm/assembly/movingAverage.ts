/** result = keep * average + weight * value, element by element; a vector of channels, so SIMD would gain nothing. */
import { float, storeFloat } from './loops/numbers';

@unmanaged
export class MovingAverage {
  keep: f64;
  weight: f64;
  average: usize;
  value: usize;
  result: usize;
  length: i32;
}

export function movingAverage(call: MovingAverage): void {
  for (let i: i32 = 0; i < call.length; i++) {
    storeFloat(call.result, i, call.keep * float(call.average, i) + call.weight * float(call.value, i));
  }
}
