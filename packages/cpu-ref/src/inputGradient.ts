/**
 * dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), rstd = 1 / sqrt(variance + epsilon),
 * xhat = (x - mean) * rstd; without the sumDy term if the view is not centered.
 * dy and x are read once, dx written once.
 */
import { elementsPerStatistic, type NormalizationView, type StatisticSums } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reciprocalDeviations, statisticIndex, tensorOf, valuesOf } from './layout.js';

export function inputGradient(
  dyInfo: TensorInfo,
  xInfo: TensorInfo,
  meanInfo: TensorInfo,
  varianceInfo: TensorInfo,
  gammaInfo: TensorInfo | undefined,
  sums: StatisticSums,
  view: NormalizationView,
  epsilon: number,
): TensorInfo {
  const dy = valuesOf(dyInfo);
  const x = valuesOf(xInfo);
  const mean = valuesOf(meanInfo);
  const rstd = reciprocalDeviations(valuesOf(varianceInfo), epsilon);
  const gamma = gammaInfo && valuesOf(gammaInfo);
  const sumDy = valuesOf(sums.sumDy);
  const sumDyXhat = valuesOf(sums.sumDyXhat);
  const { batch, outer, channels, inner } = view;
  const { groupOf, perSample } = statisticIndex(view);
  const m = elementsPerStatistic(view);

  const dx = new Float32Array(x.length);
  for (let n = 0, i = 0; n < batch; n++) {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < channels; c++) {
        const s = n * perSample + groupOf[c]!;
        const factor = rstd[s]!;
        const center = mean[s]!;
        const scale = gamma ? gamma[c]! : 1;
        const meanTerm = view.centered ? sumDy[s]! / m : 0;
        const xhatTerm = (factor * sumDyXhat[s]!) / m;
        for (const end = i + inner; i < end; i++) {
          dx[i] = factor * (scale * dy[i]! - meanTerm - (x[i]! - center) * xhatTerm);
        }
      }
    }
  }
  return tensorOf(dx, xInfo.shape);
}
