/**
 * Per channel: dGamma = sum(dy * xhat), dBeta = sum(dy). Per statistic: sumDy = sum(gamma * dy),
 * sumDyXhat = sum(gamma * dy * xhat). xhat = (x - mean) / sqrt(variance + epsilon).
 * One pass in float64; dy and x are read once.
 */
import { type GradientSums, type NormalizationView, statisticsShape } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reciprocalDeviations, statisticIndex, tensorOf, valuesOf } from './layout.js';

export function gradientSums(
  dyInfo: TensorInfo,
  xInfo: TensorInfo,
  meanInfo: TensorInfo,
  varianceInfo: TensorInfo,
  gammaInfo: TensorInfo | undefined,
  view: NormalizationView,
  epsilon: number,
): GradientSums {
  const dy = valuesOf(dyInfo);
  const x = valuesOf(xInfo);
  const mean = valuesOf(meanInfo);
  const rstd = reciprocalDeviations(valuesOf(varianceInfo), epsilon);
  const gamma = gammaInfo && valuesOf(gammaInfo);
  const { batch, outer, channels, inner } = view;
  const { groupOf, perSample } = statisticIndex(view);

  const dGamma = new Float64Array(view.channels);
  const dBeta = new Float64Array(view.channels);
  const sumDy = new Float64Array(mean.length);
  const sumDyXhat = new Float64Array(mean.length);
  for (let n = 0, i = 0; n < batch; n++) {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < channels; c++) {
        const s = n * perSample + groupOf[c]!;
        const center = mean[s]!;
        let rowDy = 0;
        let rowDyXhat = 0;
        for (const end = i + inner; i < end; i++) {
          rowDy += dy[i]!;
          rowDyXhat += dy[i]! * (x[i]! - center);
        }
        rowDyXhat *= rstd[s]!;
        const scale = gamma ? gamma[c]! : 1;
        dBeta[c]! += rowDy;
        dGamma[c]! += rowDyXhat;
        sumDy[s]! += scale * rowDy;
        sumDyXhat[s]! += scale * rowDyXhat;
      }
    }
  }

  return {
    dGamma: tensorOf(Float32Array.from(dGamma), [view.channels]),
    dBeta: tensorOf(Float32Array.from(dBeta), [view.channels]),
    sumDy: tensorOf(Float32Array.from(sumDy), statisticsShape(view)),
    sumDyXhat: tensorOf(Float32Array.from(sumDyXhat), statisticsShape(view)),
  };
}
