/**
 * Statistic texels: what an element-wise pass needs of a statistic, in one fetch. If a statistic is of one channel
 * (across the batch), gamma and beta are in it; else the pass applies them.
 *
 * - forward: mean, factor = rstd * gamma, offset = beta - rest * factor, where the rest is what rounding has taken from the
 *   mean: y = (x - mean) * factor + offset is as accurate around 10,000 as around 0;
 * - backward: mean, factor = rstd * gamma, shift = sumDy / m (0 if the view is not centered), slope = rstd * sumDyXhat / m,
 *   of sums without gamma if gamma is in the factor: dx = factor * (dy - shift - (x - mean) * slope). x - mean is taken
 *   first: with the mean in a constant term, a large offset would cancel.
 */
import { smallTensor } from './addressing.js';

/** Parameters that are in the statistic texels. */
export interface Folded {
  readonly gamma: boolean;
  readonly beta: boolean;
}

export const forwardStatistic = ({ gamma, beta }: Folded): string => `
uniform float epsilon;
${gamma ? smallTensor('gamma') : ''}${beta ? smallTensor('beta') : ''}
vec4 forwardStatistic(int statistic, float mean, float rest, float variance) {
  float factor = ${gamma ? 'gammaAt(statistic)' : '1.0'} / sqrt(variance + epsilon);
  return vec4(mean, factor, ${beta ? 'betaAt(statistic)' : '0.0'} - rest * factor, 0.0);
}
`;

export const backwardStatistic = ({ gamma, centered }: { gamma: boolean; centered: boolean }): string => `
uniform float epsilon;
uniform float elements;
${gamma ? smallTensor('gamma') : ''}
vec4 backwardStatistic(int statistic, float mean, float variance, float sumDy, float sumDyXhat) {
  float rstd = 1.0 / sqrt(variance + epsilon);
  float factor = ${gamma ? 'gammaAt(statistic) * rstd' : 'rstd'};
  return vec4(mean, factor, ${centered ? 'sumDy / elements' : '0.0'}, rstd * (sumDyXhat / elements));
}
`;
