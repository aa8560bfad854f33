/**
 * mean = sum(x) / m (0 where the view is not centered), variance = sum((x - mean)^2) / m.
 * Two passes in float64; x is read twice.
 */
import { elementsPerStatistic, type Moments, type NormalizationView, statisticsShape } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { forEachRow, tensorOf, valuesOf } from './layout.js';

export function moments(xInfo: TensorInfo, view: NormalizationView): Moments {
  const x = valuesOf(xInfo);
  const shape = statisticsShape(view);
  const statistics = shape.reduce((a, b) => a * b, 1);
  const m = elementsPerStatistic(view);

  const mean = new Float64Array(statistics);
  if (view.centered) {
    forEachRow(view, (start, end, _channel, s) => {
      let sum = 0;
      for (let i = start; i < end; i++) sum += x[i]!;
      mean[s]! += sum;
    });
    for (let s = 0; s < statistics; s++) mean[s]! /= m;
  }

  const variance = new Float64Array(statistics);
  forEachRow(view, (start, end, _channel, s) => {
    const center = mean[s]!;
    let sum = 0;
    for (let i = start; i < end; i++) sum += (x[i]! - center) ** 2;
    variance[s]! += sum;
  });
  for (let s = 0; s < statistics; s++) variance[s]! /= m;

  return {
    mean: tensorOf(Float32Array.from(mean), shape),
    variance: tensorOf(Float32Array.from(variance), shape),
  };
}
