/** Numbers in arrays, and what statistics and parameters come to, in float64. */
import { DOUBLE, FLOAT } from './vector';

export function float(pointer: usize, index: i32): f64 {
  return <f64>load<f32>(pointer + <usize>index * FLOAT);
}

export function storeFloat(pointer: usize, index: i32, value: f64): void {
  store<f32>(pointer + <usize>index * FLOAT, <f32>value);
}

export function double(pointer: usize, index: i32): f64 {
  return load<f64>(pointer + <usize>index * DOUBLE);
}

export function storeDouble(pointer: usize, index: i32, value: f64): void {
  store<f64>(pointer + <usize>index * DOUBLE, value);
}

/** gamma or beta of a channel, or what stands for it if there is none. */
export function parameter(pointer: usize, index: i32, absent: f64): f64 {
  return pointer === 0 ? absent : float(pointer, index);
}

export function reciprocalDeviation(variance: f64, epsilon: f64): f64 {
  return 1 / Math.sqrt(variance + epsilon);
}

/**
 * (x - mean) * scale + beta, of a float64 mean, as (x - <f32>mean) * scale + offset: the part of the mean that float32
 * cannot hold goes into the offset.
 */
export function offsetOf(mean: f64, scale: f64, beta: f64): f64 {
  return beta - (mean - <f64>(<f32>mean)) * scale;
}
