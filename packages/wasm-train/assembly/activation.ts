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
/** So many rows together are whole vectors, whatever the number of columns. */
const PATTERN_ROWS: i32 = 4;

/** Items of `activate`. */
export function activateItems(rows: i32): i32 {
  return (rows + ITEM - 1) / ITEM;
}

/** Floats of a thread's scratch: the biases and the slopes of 4 rows. */
export function activateScratch(columns: i32): i32 {
  return 2 * PATTERN_ROWS * columns;
}

/** 1 / (1 + e^-x), in the form that keeps all digits on either side. */
function sigmoidOf(x: v128): v128 {
  const e = expOfNegative(f32x4.neg(f32x4.abs(x)));
  const isNegative = f32x4.lt(x, f32x4.splat(0));
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, isNegative), f32x4.add(one, e));
}

function activated(x: v128, activation: i32, slope: v128): v128 {
  const zero = f32x4.splat(0);
  switch (activation) {
    case RELU:
      return f32x4.max(x, zero);
    case RELU6:
      return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
    case ELU:
      return v128.bitselect(x, expm1OfNegative(f32x4.min(x, zero)), f32x4.gt(x, zero));
    case SIGMOID:
      return sigmoidOf(x);
    case PRELU:
      return v128.bitselect(f32x4.mul(x, slope), x, f32x4.lt(x, zero));
    default:
      return x;
  }
}

/**
 * y[r][c] = f(y[r][c] + bias[c]), where f is linear, relu, relu6, elu, sigmoid, or x < 0 ? slope[c] * x : x
 *
 * y is [rows, columns], bias and slopes [columns]; an address of 0 stands for no bias, and for `slope` in every column. Reads and writes y once, in place. Its
 * items are rows.
 */
export function activate(
  y: usize,
  bias: usize,
  slopes: usize,
  slope: f32,
  rows: i32,
  columns: i32,
  activation: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const rowBytes = (columns as usize) * FLOAT;
  const patternBytes = (PATTERN_ROWS as usize) * rowBytes;
  fillPattern(scratch, bias, 0, columns);
  fillPattern(scratch + patternBytes, slopes, slope, columns);
  const end = y + (min(rows, to * ITEM) as usize) * rowBytes;
  y += ((from * ITEM) as usize) * rowBytes;
  let at: usize = 0;
  for (; y + VECTOR <= end; y += VECTOR) {
    const pattern = scratch + at;
    const x = f32x4.add(v128.load(y), v128.load(pattern));
    v128.store(y, activated(x, activation, v128.load(pattern + patternBytes)));
    at += VECTOR;
    if (at === patternBytes) at = 0;
  }
  for (; y < end; y += FLOAT) {
    const pattern = scratch + at;
    const x = f32x4.add(v128.load_zero<f32>(y), v128.load_zero<f32>(pattern));
    v128.store_lane<f32>(y, activated(x, activation, v128.load_zero<f32>(pattern + patternBytes)), 0);
    at += FLOAT;
  }
}

/** 4 rows of a vector; of one number where there is no vector. */
function fillPattern(pattern: usize, vector: usize, value: f32, columns: i32): void {
  for (let row: i32 = 0; row < PATTERN_ROWS; ++row) {
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
