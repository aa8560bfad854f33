/**
 * Sums over the pieces of units that sumPieces leaves, which are read once.
 *
 * mergeStatisticSums, for each statistic: sumDy, sumDyXhat, and what an element-wise pass needs of them (see
 * glsl/statistics.ts). mergeChannelSums, for each channel, two in a texel: dGamma, dBeta.
 */
import { fragmentNumber, prelude, sampler, smallTensor } from '../glsl/addressing.js';
import { compensated } from '../glsl/compensated.js';
import { memoized } from '../glsl/memoized.js';
import { backwardStatistic } from '../glsl/statistics.js';
import { pairs, pieces, units } from '../glsl/units.js';
import type { SumVariant } from '../layouts/sumLayout.js';

export interface MergeSumsVariant extends SumVariant {
  /** Whether sums over statistics are yet to be weighted with gamma. */
  readonly gamma: boolean;
  readonly centered: boolean;
}

const sumsOfUnit = `${compensated}${sampler('sums')}
vec2 sumsOf(int unit) {
  ivec2 pair = pairOf(unit);
  vec2 sum = vec2(0.0), rest = vec2(0.0);
  for (int split = 0; split < splits; split++) {
    vec4 both = sumsTexel(pieceAt(pair.x, split));
    add(sum, rest, pair.y == 0 ? both.xy : both.zw);
  }
  return totalOf(sum, rest);
}
`;

export const mergeStatisticSums = memoized(
  (variant: MergeSumsVariant) => `${prelude}
layout(location = 0) out vec4 sumDyTexel;
layout(location = 1) out vec4 sumDyXhatTexel;
layout(location = 2) out vec4 statisticTexel;
${fragmentNumber}${units(variant)}${pairs(variant)}${pieces}${sumsOfUnit}
${smallTensor('mean')}${smallTensor('variance')}
${variant.gamma && !variant.acrossBatch ? smallTensor('gamma') : ''}
${backwardStatistic({ gamma: variant.gamma && variant.acrossBatch, centered: variant.centered })}
void main() {
  int statistic = fragmentNumber();
  vec2 sum = vec2(0.0), rest = vec2(0.0);
  for (int k = 0; k < statisticUnits; k++) {
    int unit = unitOfStatistic(statistic, k);
    add(sum, rest, ${variant.gamma && !variant.acrossBatch ? 'gammaAt(unit % channels) * ' : ''}sumsOf(unit));
  }
  vec2 total = totalOf(sum, rest);
  statisticTexel = backwardStatistic(statistic, meanAt(statistic), varianceAt(statistic), total.x, total.y);
  ${variant.gamma && variant.acrossBatch ? 'total *= gammaAt(statistic);' : ''}
  sumDyTexel = vec4(total.x, 0.0, 0.0, 0.0);
  sumDyXhatTexel = vec4(total.y, 0.0, 0.0, 0.0);
}
`,
);

export const mergeChannelSums = memoized(
  (variant: SumVariant) => `${prelude}
layout(location = 0) out vec4 dGamma;
layout(location = 1) out vec4 dBeta;
uniform int channelUnits;
${fragmentNumber}${units(variant)}${pairs(variant)}${pieces}${sumsOfUnit}
vec2 sumsOfChannel(int channel) {
  vec2 sum = vec2(0.0), rest = vec2(0.0);
  for (int k = 0; k < channelUnits; k++) add(sum, rest, sumsOf(channel + k * channels));
  return totalOf(sum, rest);
}
void main() {
  int channel = 2 * fragmentNumber();
  vec2 first = sumsOfChannel(channel);
  vec2 second = channel + 1 < channels ? sumsOfChannel(channel + 1) : vec2(0.0);
  dGamma = vec4(first.y, second.y, 0.0, 0.0);
  dBeta = vec4(first.x, second.x, 0.0, 0.0);
}
`,
);
