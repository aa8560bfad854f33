/** An array of float64 with a shape: what the reference kernels take and give. */
import type * as tf from '@tensorflow/tfjs-core';

export interface Float64NdArray {
  readonly shape: number[];
  readonly data: Float64Array<ArrayBufferLike>;
  /** The type that tfjs is told; the numbers are float64 whatever it is. */
  readonly dtype: tf.DataType;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function array(
  shape: readonly number[],
  data: Float64Array<ArrayBufferLike> = new Float64Array(sizeOf(shape)),
  dtype: tf.DataType = 'float32',
): Float64NdArray {
  return { shape: [...shape], data, dtype };
}

/** How far apart the elements of each axis lie. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; --i) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

/** Calls `visit` with every index of a shape, in the order of memory. The index is one array, changed between calls. */
export function forEachIndex(shape: readonly number[], visit: (index: number[], flat: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; ++flat) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; --axis) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

export function flatIndex(index: readonly number[], strides: readonly number[]): number {
  let flat = 0;
  for (let i = 0; i < strides.length; ++i) flat += index[i]! * strides[i]!;
  return flat;
}

/** y[index] = x[source(index)], and 0 if there is no source: every operation that only moves elements. */
export function moveElements(
  x: Float64NdArray,
  shape: readonly number[],
  source: (index: number[]) => number[] | undefined,
): Float64NdArray {
  const y = array(shape, undefined, x.dtype);
  const strides = stridesOf(x.shape);
  forEachIndex(shape, (index, flat) => {
    const from = source(index);
    if (from !== undefined) y.data[flat] = x.data[flatIndex(from, strides)]!;
  });
  return y;
}

export function reshaped(x: Float64NdArray, shape: readonly number[]): Float64NdArray {
  return { ...x, shape: [...shape] };
}

/** Axes as numbers from 0, all of them if none is named. */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  return [axis].flat().map((value) => (value < 0 ? value + rank : value));
}
