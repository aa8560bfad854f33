/** Statistic texels of given tensors, one fragment for each statistic. */
import { fragmentNumber, prelude, smallTensor } from '../glsl/addressing.js';
import { memoized } from '../glsl/memoized.js';
import { backwardStatistic, type Folded, forwardStatistic } from '../glsl/statistics.js';

/** From mean and variance. */
export const forwardStatistics = memoized(
  (folded: Folded) => `${prelude}
out vec4 texel;
${fragmentNumber}${smallTensor('mean')}${smallTensor('variance')}${forwardStatistic(folded)}
void main() {
  int statistic = fragmentNumber();
  texel = forwardStatistic(statistic, meanAt(statistic), 0.0, varianceAt(statistic));
}
`,
);

/** From mean, variance, sumDy and sumDyXhat. */
export const backwardStatistics = memoized(
  ({ centered }: { readonly centered: boolean }) => `${prelude}
out vec4 texel;
${fragmentNumber}${['mean', 'variance', 'sumDy', 'sumDyXhat'].map(smallTensor).join('')}
${backwardStatistic({ gamma: false, centered })}
void main() {
  int i = fragmentNumber();
  texel = backwardStatistic(i, meanAt(i), varianceAt(i), sumDyAt(i), sumDyXhatAt(i));
}
`,
);
