@unmanaged
export class Affine {
  x: usize;
  y: usize;
  factor: i32;
  term: i32;
}

/** y[i] = factor * x[i] + term. Reads x once, writes y once. */
export function affine(call: Affine, from: i32, to: i32, scratch: usize): void {
  // The thread's own scratch space holds what is done: another thread in the same space would be seen in the result.
  for (let i = from; i < to; i++) {
    store<f32>(scratch, <f32>call.factor * load<f32>(call.x + ((<usize>i) << 2)));
    store<f32>(call.y + ((<usize>i) << 2), load<f32>(scratch) + <f32>call.term);
  }
}

/** Writes far outside of the memory. */
export function trap(_call: Affine, from: i32, to: i32): void {
  for (let i = from; i < to; i++) store<f32>(<usize>0xfffffff8, 1);
}
