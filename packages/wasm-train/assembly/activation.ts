import { expm1OfNegative, expOfNegative } from './exponential';
import { copyTo, FLOAT, VECTOR } from './vector';

/* The activations, by the numbers that src/activation.ts gives them. */
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

/**
 * y[r][c] = f(y[r][c] + bias[c]), where f is linear, relu, relu6, elu, sigmoid, or x < 0 ? slope[c] * x : x
 *
 * Reads and writes y once, in place. Its items are rows.
 */
export function activate(call: Activation, from: i32, to: i32, scratch: usize): void {
  const columns = call.columns;
  const activation = call.activation;
  const rowBytes = (columns as usize) * FLOAT;
  const patternBytes = (patternRows(columns) as usize) * rowBytes;
  fillPattern(scratch, call.bias, 0, columns);
  fillPattern(scratch + patternBytes, call.slopes, call.slope as f32, columns);
  const end = call.y + (min(call.rows, to * ITEM) as usize) * rowBytes;
  for (let y = call.y + ((from * ITEM) as usize) * rowBytes; y < end; y += patternBytes) {
    const bytes = min(patternBytes, end - y);
    const vectors = bytes & ~(VECTOR - 1);
    if (activation === ELU) eluAll(y, scratch, vectors);
    else if (activation === SIGMOID) sigmoidAll(y, scratch, vectors);
    else if (activation === PRELU) preluAll(y, scratch, scratch + patternBytes, vectors);
    else clampAll(y, scratch, leastOf(activation), mostOf(activation), vectors);
    for (let at = vectors; at < bytes; at += FLOAT) {
      const x = f32x4.add(v128.load_zero<f32>(y + at), v128.load_zero<f32>(scratch + at));
      const own = v128.load_zero<f32>(scratch + patternBytes + at);
      v128.store_lane<f32>(y + at, activated(x, activation, own), 0);
    }
  }
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

/* Linear, relu and relu6 differ in the ends that they keep x between. */

function leastOf(activation: i32): v128 {
  return f32x4.splat(activation === RELU || activation === RELU6 ? 0 : (-Infinity as f32));
}

function mostOf(activation: i32): v128 {
  return f32x4.splat(activation === RELU6 ? 6 : (Infinity as f32));
}

/** Written so that a NaN stays: a comparison with it is false. */
function clampOf(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

function eluOf(x: v128): v128 {
  const zero = f32x4.splat(0);
  return v128.bitselect(x, expm1OfNegative(f32x4.pmin(x, zero)), f32x4.gt(x, zero));
}

/** 1 / (1 + e^-x), in the form that keeps all digits on either side. */
function sigmoidOf(x: v128): v128 {
  const e = expOfNegative(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  const above = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(above, f32x4.add(one, e));
}

function preluOf(x: v128, slope: v128): v128 {
  return v128.bitselect(f32x4.mul(x, slope), x, f32x4.lt(x, f32x4.splat(0)));
}

function activated(x: v128, activation: i32, slope: v128): v128 {
  if (activation === ELU) return eluOf(x);
  if (activation === SIGMOID) return sigmoidOf(x);
  if (activation === PRELU) return preluOf(x, slope);
  return clampOf(x, leastOf(activation), mostOf(activation));
}

/* One loop for each: a choice within the loop would take longer than most of what is chosen. */

function clampAll(y: usize, bias: usize, least: v128, most: v128, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    v128.store(y + at, clampOf(f32x4.add(v128.load(y + at), v128.load(bias + at)), least, most));
  }
}

function eluAll(y: usize, bias: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    v128.store(y + at, eluOf(f32x4.add(v128.load(y + at), v128.load(bias + at))));
  }
}

function sigmoidAll(y: usize, bias: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    v128.store(y + at, sigmoidOf(f32x4.add(v128.load(y + at), v128.load(bias + at))));
  }
}

function preluAll(y: usize, bias: usize, slopes: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    const x = f32x4.add(v128.load(y + at), v128.load(bias + at));
    v128.store(y + at, preluOf(x, v128.load(slopes + at)));
  }
}
