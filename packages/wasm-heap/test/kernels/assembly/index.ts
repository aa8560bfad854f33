/** y[i] = factors[0] * x[i] + factors[1], where factors are 32-bit integers. Reads x once, writes y once. */
export function affine(factors: usize, x: usize, y: usize, from: i32, to: i32, scratch: usize): void {
  // The thread's own scratch space holds what is done: another thread in the same space would be seen in the result.
  for (let i = from; i < to; i++) {
    store<f32>(scratch, <f32>load<i32>(factors) * load<f32>(x + ((<usize>i) << 2)));
    store<f32>(y + ((<usize>i) << 2), load<f32>(scratch) + <f32>load<i32>(factors, 4));
  }
}

/** Writes far outside of the memory. */
export function trap(from: i32, to: i32, _scratch: usize): void {
  for (let i = from; i < to; i++) store<f32>(<usize>0xfffffff8, 1);
}
