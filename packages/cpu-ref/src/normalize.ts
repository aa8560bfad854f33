/**
 * y = (x - mean) * rstd * gamma + beta, rstd = 1 / sqrt(variance + epsilon).
 * x is read once, y written once.
 */
import type { NormalizationView } from '@bn/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { forEachRow, tensorOf, valuesOf } from './layout.js';

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
  const variance = valuesOf(varianceInfo);
  const gamma = gammaInfo && valuesOf(gammaInfo);
  const beta = betaInfo && valuesOf(betaInfo);

  const y = new Float32Array(x.length);
  forEachRow(view, (start, end, c, s) => {
    const scale = (gamma ? gamma[c]! : 1) / Math.sqrt(variance[s]! + epsilon);
    const center = mean[s]!;
    const offset = beta ? beta[c]! : 0;
    for (let i = start; i < end; i++) y[i] = (x[i]! - center) * scale + offset;
  });
  return tensorOf(y, xInfo.shape);
}
