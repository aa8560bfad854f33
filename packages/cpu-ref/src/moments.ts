/**
 * mean = sum(x) / m (0 if the view is not centered), variance = sum((x - mean)^2) / m.
 * Two passes in float64; x is read twice.
 */
import { elementsPerStatistic, type Moments, type NormalizationView, statisticsShape } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { statisticIndex, tensorOf, valuesOf } from './layout.js';

export function moments(xInfo: TensorInfo, view: NormalizationView): Moments {
  const x = valuesOf(xInfo);
  const { batch, outer, channels, inner } = view;
  const { groupOf, perSample } = statisticIndex(view);
  const shape = statisticsShape(view);
  const statistics = shape.reduce((a, b) => a * b, 1);
  const m = elementsPerStatistic(view);

  const mean = new Float64Array(statistics);
  if (view.centered) {
    for (let n = 0, i = 0; n < batch; n++) {
      for (let o = 0; o < outer; o++) {
        for (let c = 0; c < channels; c++) {
          const s = n * perSample + groupOf[c]!;
          let sum = 0;
          for (const end = i + inner; i < end; i++) sum += x[i]!;
          mean[s]! += sum;
        }
      }
    }
    for (let s = 0; s < statistics; s++) mean[s]! /= m;
  }

  const variance = new Float64Array(statistics);
  for (let n = 0, i = 0; n < batch; n++) {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < channels; c++) {
        const s = n * perSample + groupOf[c]!;
        const center = mean[s]!;
        let sum = 0;
        for (const end = i + inner; i < end; i++) sum += (x[i]! - center) ** 2;
        variance[s]! += sum;
      }
    }
  }
  for (let s = 0; s < statistics; s++) variance[s]! /= m;

  return {
    mean: tensorOf(Float32Array.from(mean), shape),
    variance: tensorOf(Float32Array.from(variance), shape),
  };
}
