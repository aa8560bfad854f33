/**
 * For each statistic: mean, variance = M2 / m, and what an element-wise pass needs of it (see glsl/statistics.ts), of the
 * pieces of its units. The pieces, a few for each unit, are read twice: for the mean, then for M2 about it.
 */
import { fragmentNumber, prelude, sampler } from '../glsl/addressing.js';
import { compensated, remainder } from '../glsl/compensated.js';
import { memoized } from '../glsl/memoized.js';
import { type Folded, forwardStatistic } from '../glsl/statistics.js';
import { pairs, pieces, units } from '../glsl/units.js';
import type { SumVariant, Walk } from '../layouts/sumLayout.js';

const pieceRead = (walk: Walk) =>
  walk === 'planes'
    ? `${sampler('first')}
vec4 pieceOf(ivec2 pair, int split) { return firstTexel(pieceAt(pair.x, split)); }
`
    : `${sampler('first')}${sampler('second')}
vec4 pieceOf(ivec2 pair, int split) {
  ivec2 at = pieceAt(pair.x, split);
  return pair.y == 0 ? firstTexel(at) : secondTexel(at);
}
`;

const forEachPiece = (body: string) => `
  for (int k = 0; k < statisticUnits; k++) {
    ivec2 pair = pairOf(unitOfStatistic(statistic, k));
    for (int split = 0; split < splits; split++) {
      vec4 piece = pieceOf(pair, split);
      ${body}
    }
  }
`;

export interface MergeMomentsVariant extends SumVariant {
  readonly folded: Folded;
}

export const mergeMoments = memoized(
  (variant: MergeMomentsVariant) => `${prelude}
layout(location = 0) out vec4 meanTexel;
layout(location = 1) out vec4 varianceTexel;
layout(location = 2) out vec4 statisticTexel;
${fragmentNumber}${units(variant)}${pairs(variant)}${pieces}
${pieceRead(variant.walk)}${compensated}${remainder}${forwardStatistic(variant.folded)}
void main() {
  int statistic = fragmentNumber();
  vec2 sums = vec2(0.0), sumsRest = vec2(0.0);
  ${forEachPiece('add(sums, sumsRest, piece.zx);')}
  float n = sums.x;
  float fromPivot = sums.y / n;
  // What division, and the sum of so many numbers, leave of the mean.
  float rest = (remainder(sums.y, fromPivot, n) + sumsRest.y) / n;
  vec2 m2 = vec2(0.0), m2Rest = vec2(0.0);
  ${forEachPiece('float delta = piece.x / piece.z - fromPivot; add(m2, m2Rest, vec2(piece.y + piece.z * delta * delta));')}
  float variance = totalOf(m2, m2Rest).x / n;
  vec2 mean = vec2(pieceOf(pairOf(unitOfStatistic(statistic, 0)), 0).w), meanRest = vec2(0.0);
  add(mean, meanRest, vec2(fromPivot));
  add(mean, meanRest, vec2(rest));
  meanTexel = vec4(mean.x, 0.0, 0.0, 0.0);
  varianceTexel = vec4(variance, 0.0, 0.0, 0.0);
  statisticTexel = forwardStatistic(statistic, mean.x, meanRest.x, variance);
}
`,
);
