import { VECTOR } from './vector';

/*
 * Functions of each element by itself: every input read once, the result written once.
 *
 * The last vector of an array whose length is no multiple of 4 is done a lane at a time, through `load_zero` and
 * `store_lane`, by the same code as the others, so that an element's value never depends on its place.
 */

/** dy * y * (1 - y) */
@unmanaged
class SigmoidGrad {
  of(dy: v128, y: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
  }
}

/** dy * step(x), step being 1 above 0, else 0 */
@unmanaged
class ReluGrad {
  of(dy: v128, x: v128): v128 {
    // Not "x > 0": a NaN in x must be seen in the gradient, as dy * step(x) would show it.
    const one = f32x4.splat(1);
    const zero = f32x4.splat(0);
    const step = v128.bitselect(one, v128.and(f32x4.ne(x, x), x), f32x4.gt(x, zero));
    return f32x4.mul(dy, step);
  }
}

/** Floats of an item: whole cache lines, so that no two threads write to the same one. */
const ITEM: i32 = 1024;

/** Items of either kernel. */
export function elementwiseItems(count: i32): i32 {
  return (count + ITEM - 1) / ITEM;
}

/** dx of dy and of the values that the gradient is a function of: x, or y. */
@unmanaged
export class ElementwiseGradient {
  dy: usize;
  values: usize;
  dx: usize;
  count: i32;
}

/** dx = dy * y * (1 - y) */
export function sigmoidGrad(call: ElementwiseGradient, from: i32, to: i32): void {
  gradient<SigmoidGrad>(call, from, to);
}

/** dx = dy * step(x), step being 1 above 0, else 0 */
export function reluGrad(call: ElementwiseGradient, from: i32, to: i32): void {
  gradient<ReluGrad>(call, from, to);
}

/** Of the function that a type stands for: its method needs no object. */
function gradient<F>(call: ElementwiseGradient, from: i32, to: i32): void {
  const f = changetype<F>(0);
  const dy = call.dy;
  const values = call.values;
  const dx = call.dx;
  const end = (min(call.count, to * ITEM) as usize) * 4;
  const vectorsEnd = end & ~(VECTOR - 1);
  let i = ((from * ITEM) as usize) * 4;
  for (; i < vectorsEnd; i += VECTOR) {
    v128.store(dx + i, f.of(v128.load(dy + i), v128.load(values + i)));
  }
  for (; i < end; i += 4) {
    v128.store_lane<f32>(dx + i, f.of(v128.load_zero<f32>(dy + i), v128.load_zero<f32>(values + i)), 0);
  }
}

/**
 * w = w + step * g, in place: a step of gradient descent, whose step is minus the learning rate. Two roundings, as tfjs has it, also
 * where the engine could do with one. Reads w and g once, writes w once.
 */
export function descend(w: usize, g: usize, count: i32, step: f32): void {
  const steps = f32x4.splat(step);
  const end = w + ((count as usize) << 2);
  const vectorsEnd = w + (((count as usize) << 2) & ~(VECTOR - 1));
  for (; w < vectorsEnd; w += VECTOR) {
    v128.store(w, f32x4.add(v128.load(w), f32x4.mul(steps, v128.load(g))));
    g += VECTOR;
  }
  for (; w < end; w += 4) {
    store<f32>(w, load<f32>(w) + step * load<f32>(g));
    g += 4;
  }
}
