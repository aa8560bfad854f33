/** What of tfjs's FusedBatchNorm the normalization kernels express, as a view. */
import type * as tf from '@tensorflow/tfjs-core';
import { batchNormView, type NormalizationView } from '../view.js';

type Described = Pick<tf.TensorInfo, 'shape' | 'dtype'>;

export interface Plan {
  readonly view: NormalizationView;
  /** Shape in which the kernels take x: as tf.batchNorm was given it, without the axes of size 1 that it puts in front. */
  readonly shape: number[];
}

/**
 * How to run batch norm of x with parameters (mean and variance, and scale and offset if there are any) on the
 * normalization kernels: parameters of one value per channel, which are `[C]`, `[1, ..., 1, C]` for channels last, or
 * `[1, C, 1, ...]` for channels first. Undefined for everything else, which is left to tfjs: parameters of x's own shape,
 * other types, an empty x.
 */
export function planOf(x: Described, parameters: readonly (Described | undefined)[]): Plan | undefined {
  const parameterShape = parameters[0]!.shape;
  for (const parameter of parameters) {
    if (parameter == null) continue;
    if (parameter.dtype !== 'float32' || !areEqual(parameter.shape, parameterShape)) return undefined;
  }
  if (x.dtype !== 'float32' || x.shape.includes(0)) return undefined;
  const shape = parameterShape.length < 2 ? x.shape : withoutLeadingOnes(x.shape, parameterShape.length);
  if (shape === undefined || shape.length < 2) return undefined;
  if (isPerChannel(parameterShape, shape, shape.length - 1)) {
    return { view: batchNormView(shape, 'channelsLast'), shape };
  }
  if (isPerChannel(parameterShape, shape, 1)) return { view: batchNormView(shape, 'channelsFirst'), shape };
  return undefined;
}

const areEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** The last `rank` sizes, where all others are 1. */
function withoutLeadingOnes(shape: number[], rank: number): number[] | undefined {
  const extra = shape.length - rank;
  if (extra === 0) return shape;
  return extra > 0 && shape.every((size, i) => i >= extra || size === 1) ? shape.slice(extra) : undefined;
}

/** Whether parameters of this shape broadcast to x with one value for each index of the axis. */
function isPerChannel(parameterShape: readonly number[], shape: readonly number[], axis: number): boolean {
  const missing = shape.length - parameterShape.length;
  return (
    axis >= missing && parameterShape.every((size, i) => size === (i + missing === axis ? shape[axis] : 1))
  );
}
