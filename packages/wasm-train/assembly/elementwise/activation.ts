/**
 * y[r][c] = f(y[r][c] + bias[c]), where f is linear, relu, relu6, elu, sigmoid, or x < 0 ? slope[c] * x : x
 *
 * Reads and writes y once, in place.
 */
import { copyTo, FLOAT, loadLanes, storeLanes, VECTOR } from '../vector';
import { expm1OfNegative, expOfNegative } from './exponential';

/* The activations but linear, by the numbers that src/activation.ts gives them. */
const RELU: i32 = 1;
const RELU6: i32 = 2;
const ELU: i32 = 3;
const SIGMOID: i32 = 4;
/** Leaky where all slopes are equal, parametric where they are not. */
const PRELU: i32 = 5;

/** Rows of an item. */
const ITEM: i32 = 64;
/** Floats of a pattern, at least: few enough for the nearest cache, and enough for a loop to be worth its start. */
const PATTERN_FLOATS: i32 = 256;

/** Rows of a pattern: a multiple of 4, which together are whole vectors, whatever the number of columns. */
function patternRows(columns: i32): i32 {
  return 4 * max(1, PATTERN_FLOATS / (4 * columns));
}

/** Items of `activate`. */
export function activateItems(rows: i32): i32 {
  return (rows + ITEM - 1) / ITEM;
}

/** Floats of a thread's scratch: the biases and the slopes of some rows. */
export function activateScratch(columns: i32): i32 {
  return 2 * patternRows(columns) * columns;
}

/** y is [rows, columns], bias and slopes [columns]; an address of 0 stands for no bias, and for `slope` in every column. */
@unmanaged
export class Activation {
  slope: f64;
  y: usize;
  bias: usize;
  slopes: usize;
  rows: i32;
  columns: i32;
  activation: i32;
}

/** Its items are those that `activateItems` counts: runs of rows. `scratch` holds activateScratch floats, each thread its own. */
export function activate(call: Activation, from: i32, to: i32, scratch: usize): void {
  const columns = call.columns;
  const activation = call.activation;
  const rowBytes = (columns as usize) * FLOAT;
  const patternBytes = (patternRows(columns) as usize) * rowBytes;
  const slopes = scratch + patternBytes;
  fillPattern(scratch, call.bias, 0, columns);
  fillPattern(slopes, call.slopes, call.slope as f32, columns);
  const end = call.y + (min(call.rows, to * ITEM) as usize) * rowBytes;
  for (let y = call.y + ((from * ITEM) as usize) * rowBytes; y < end; y += patternBytes) {
    const bytes = min(patternBytes, end - y);
    // One loop for each: a choice within the loop would take longer than most of what is chosen.
    if (activation === RELU) activateAll<Relu>(y, scratch, slopes, bytes);
    else if (activation === RELU6) activateAll<Relu6>(y, scratch, slopes, bytes);
    else if (activation === ELU) activateAll<Elu>(y, scratch, slopes, bytes);
    else if (activation === SIGMOID) activateAll<Sigmoid>(y, scratch, slopes, bytes);
    else if (activation === PRELU) activateAll<Prelu>(y, scratch, slopes, bytes);
    else activateAll<Linear>(y, scratch, slopes, bytes);
  }
}

/** F is a class whose method `of` is the function of (x, address of the slopes), generic in the lanes. */
function activateAll<F>(y: usize, bias: usize, slopes: usize, bytes: usize): void {
  const vectors = bytes & ~(VECTOR - 1);
  let at: usize = 0;
  for (; at < vectors; at += VECTOR) activateLanes<F, v128>(y + at, bias + at, slopes + at);
  for (; at < bytes; at += FLOAT) activateLanes<F, f32>(y + at, bias + at, slopes + at);
}

function activateLanes<F, L>(y: usize, bias: usize, slopes: usize): void {
  const x = f32x4.add(loadLanes<L>(y), loadLanes<L>(bias));
  storeLanes<L>(y, changetype<F>(0).of<L>(x, slopes));
}

/** Some rows of a vector; of one number where there is no vector. */
function fillPattern(pattern: usize, vector: usize, value: f32, columns: i32): void {
  for (let row: i32 = 0; row < patternRows(columns); ++row) {
    if (vector) copyTo(pattern, vector, columns);
    else fillWith(pattern, value, columns);
    pattern += (columns as usize) * FLOAT;
  }
}

function fillWith(destination: usize, value: f32, count: i32): void {
  for (let i: i32 = 0; i < count; ++i) {
    store<f32>(destination, value);
    destination += FLOAT;
  }
}

/* The functions. Those that compare are written so that a NaN stays: a comparison with it is false. */

@unmanaged
class Linear {
  of<L>(x: v128, _slopes: usize): v128 {
    return x;
  }
}

@unmanaged
class Relu {
  of<L>(x: v128, _slopes: usize): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }
}

@unmanaged
class Relu6 {
  of<L>(x: v128, _slopes: usize): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(6));
  }
}

@unmanaged
class Elu {
  of<L>(x: v128, _slopes: usize): v128 {
    const zero = f32x4.splat(0);
    return v128.bitselect(x, expm1OfNegative(f32x4.pmin(x, zero)), f32x4.gt(x, zero));
  }
}

/** 1 / (1 + e^-x), in the form that keeps all digits on either side. */
@unmanaged
class Sigmoid {
  of<L>(x: v128, _slopes: usize): v128 {
    const e = expOfNegative(f32x4.neg(f32x4.abs(x)));
    const one = f32x4.splat(1);
    const above = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
    return f32x4.div(above, f32x4.add(one, e));
  }
}

@unmanaged
class Prelu {
  of<L>(x: v128, slopes: usize): v128 {
    return v128.bitselect(f32x4.mul(x, loadLanes<L>(slopes)), x, f32x4.lt(x, f32x4.splat(0)));
  }
}
