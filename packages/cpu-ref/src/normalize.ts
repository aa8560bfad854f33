/**
 * y = (x - mean) * rstd * gamma + beta, rstd = 1 / sqrt(variance + epsilon).
 * x is read once, y written once.
 */
import type { NormalizationView } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reciprocalDeviations, statisticIndex, tensorOf, valuesOf } from './layout.js';

export function normalize(
  xInfo: TensorInfo,
  meanInfo: TensorInfo,
  varianceInfo: TensorInfo,
  gammaInfo: TensorInfo | undefined,
  betaInfo: TensorInfo | undefined,
  view: NormalizationView,
  epsilon: number,
): TensorInfo {
  const x = valuesOf(xInfo);
  const mean = valuesOf(meanInfo);
  const rstd = reciprocalDeviations(valuesOf(varianceInfo), epsilon);
  const gamma = gammaInfo && valuesOf(gammaInfo);
  const beta = betaInfo && valuesOf(betaInfo);
  const { batch, outer, channels, inner } = view;
  const { groupOf, perSample } = statisticIndex(view);

  const y = new Float32Array(x.length);
  for (let n = 0, i = 0; n < batch; n++) {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < channels; c++) {
        const s = n * perSample + groupOf[c]!;
        const scale = (gamma ? gamma[c]! : 1) * rstd[s]!;
        const center = mean[s]!;
        const offset = beta ? beta[c]! : 0;
        for (const end = i + inner; i < end; i++) y[i] = (x[i]! - center) * scale + offset;
      }
    }
  }
  return tensorOf(y, xInfo.shape);
}
