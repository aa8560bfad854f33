/**
 * dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), rstd = 1 / sqrt(variance + epsilon),
 * xhat = (x - mean) * rstd; without the sumDy term where the view is not centered.
 * dy and x are read once, dx written once.
 */
import { elementsPerStatistic, type NormalizationView, type StatisticSums } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { forEachRow, tensorOf, valuesOf } from './layout.js';

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
  const variance = valuesOf(varianceInfo);
  const gamma = gammaInfo && valuesOf(gammaInfo);
  const sumDy = valuesOf(sums.sumDy);
  const sumDyXhat = valuesOf(sums.sumDyXhat);
  const m = elementsPerStatistic(view);

  const dx = new Float32Array(x.length);
  forEachRow(view, (start, end, c, s) => {
    const rstd = 1 / Math.sqrt(variance[s]! + epsilon);
    const center = mean[s]!;
    const scale = gamma ? gamma[c]! : 1;
    const meanTerm = view.centered ? sumDy[s]! / m : 0;
    const xhatTerm = (rstd * sumDyXhat[s]!) / m;
    for (let i = start; i < end; i++) {
      dx[i] = rstd * (scale * dy[i]! - meanTerm - (x[i]! - center) * xhatTerm);
    }
  });
  return tensorOf(dx, xInfo.shape);
}
