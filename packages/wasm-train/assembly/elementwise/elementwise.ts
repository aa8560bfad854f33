/** Functions of each element by itself: every input read once, the result written once. */
import { combine, FLOAT } from '../vector';

/** dy * y * (1 - y) */
@unmanaged
class SigmoidGrad {
  of(dy: v128, y: v128, _factors: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
  }
}

/** dy * step(x), step being 1 above 0, else 0 */
@unmanaged
class ReluGrad {
  of(dy: v128, x: v128, _factors: v128): v128 {
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

function gradient<F>(call: ElementwiseGradient, from: i32, to: i32): void {
  const first = from * ITEM;
  const at = (first as usize) * FLOAT;
  combine<F>(call.dx + at, call.dy + at, call.values + at, 1, min(call.count, to * ITEM) - first);
}

/** w + step * g, with two roundings, as tfjs has it, also where the engine could do with one */
@unmanaged
class Descent {
  of(w: v128, g: v128, steps: v128): v128 {
    return f32x4.add(w, f32x4.mul(steps, g));
  }
}

/**
 * w = w + step * g, in place: a step of gradient descent, whose step is minus the learning rate. Reads w and g once, writes w once.
 */
export function descend(w: usize, g: usize, count: i32, step: f32): void {
  combine<Descent>(w, w, g, step, count);
}
