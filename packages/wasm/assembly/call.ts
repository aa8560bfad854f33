/**
 * What a kernel is told: where its tensors are, the view of x (see `NormalizationView` of `@bn/core`), and scratch space that
 * all threads share. A tensor that is absent, and what an operation does not use, is 0.
 *
 * The build writes src/generated/calls.ts from these fields, so that the host knows their offsets: fields of 8 bytes come first.
 */
@unmanaged
export class Call {
  epsilon: f64;
  dy: usize;
  x: usize;
  y: usize;
  dx: usize;
  mean: usize;
  variance: usize;
  gamma: usize;
  beta: usize;
  dGamma: usize;
  dBeta: usize;
  sumDy: usize;
  sumDyXhat: usize;
  shared: usize;
  batch: i32;
  outer: i32;
  channels: i32;
  inner: i32;
  groups: i32;
  /** 0 or 1. */
  centered: i32;
}

/** Bytes of a call, for a test that the host takes it for the same. */
export function callBytes(): usize {
  return offsetof<Call>();
}
