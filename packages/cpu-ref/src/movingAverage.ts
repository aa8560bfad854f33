/** keep * average + weight * value, element by element. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tensorOf, valuesOf } from './layout.js';

export function movingAverage(
  averageInfo: TensorInfo,
  valueInfo: TensorInfo,
  keep: number,
  weight: number,
): TensorInfo {
  const value = valuesOf(valueInfo);
  const moved = valuesOf(averageInfo).map((average, i) => keep * average + weight * value[i]!);
  return tensorOf(moved, averageInfo.shape);
}
