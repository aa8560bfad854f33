/**
 * For each piece of each unit: sum(x) and M2 = sum((x - mean)^2) of its elements, their number, and the pivot. x is read once.
 *
 * x is taken relative to the pivot, the first element of the statistic: the difference is as good as exact, and leaves small
 * numbers to sum, where 10,000 would be rounded at every step. Sum and M2 of a block of texels are taken in registers and
 * join the rest by the formula of Chan, Golub and LeVeque ("Updating formulae and a pairwise algorithm for computing sample
 * variances", 1979): M2 = M2a + M2b + delta^2 na nb / n, delta = meanb - meana. If the view is not centered, pivot, sums
 * and means are 0.
 */
import {
  elementOf,
  fragmentNumber,
  geometry,
  largeTensor,
  prelude,
  type WalkedAccess,
} from '../glsl/addressing.js';
import { compensated } from '../glsl/compensated.js';
import { memoized } from '../glsl/memoized.js';
import { pivot } from '../glsl/pivot.js';
import { pairs, units } from '../glsl/units.js';
import { lanes, pairwise, piece, repeat, steps, walkPiece } from '../glsl/walk.js';
import type { SumVariant, Walk } from '../layouts/sumLayout.js';

export interface MomentVariant extends SumVariant {
  readonly x: WalkedAccess;
  readonly centered: boolean;
}

/** Moments so far, of both units of a pair. */
const join = `
vec2 n = vec2(0.0), mean = vec2(0.0), sum = vec2(0.0), sumRest = vec2(0.0), m2 = vec2(0.0), m2Rest = vec2(0.0);
void join(vec2 nb, vec2 meanb, vec2 sumb, vec2 m2b) {
  vec2 total = n + nb;
  vec2 weight = nb / max(total, 1.0);
  vec2 delta = meanb - mean;
  add(sum, sumRest, sumb);
  // From the left, so that nothing overflows if n is 0.
  add(m2, m2Rest, m2b + n * weight * delta * delta);
  mean += delta * weight;
  n = total;
}
`;

const block =
  ({ ragged, centered }: MomentVariant) =>
  (count: number): string => {
    const bothLanes = (texel: string) =>
      pairwise(count, (k) => `(FIRST(${texel}${k}) + SECOND(${texel}${k}))`);
    return `
    ${repeat(
      count,
      (k) => `
    vec4 x${k} = xRead(at) - pivot;
    at = xNext(at, stride);
    ${
      ragged
        ? `bvec4 counts${k} = counts(firstColumn, i + ${k});
    vec4 ones${k} = vec4(counts${k});
    x${k} = mix(vec4(0.0), x${k}, counts${k});`
        : ''
    }`,
    )}
    vec2 size = ${ragged ? bothLanes('ones') : `vec2(${2 * count}.0)`};
    vec2 blockSum = ${centered ? bothLanes('x') : 'vec2(0.0)'};
    vec2 center = blockSum / max(size, 1.0);
    ${repeat(
      count,
      (k) => `
    x${k} -= SPREAD(center);
    ${ragged ? `x${k} = mix(vec4(0.0), x${k}, counts${k});` : ''}
    x${k} *= x${k};`,
    )}
    join(size, center, blockSum, ${bothLanes('x')});
  `;
  };

/** Planes, which have one unit for both lanes of a pair, put the two together. */
const result = (walk: Walk) =>
  walk === 'planes'
    ? `
  vec2 otherN = vec2(n.y, 0.0), otherMean = vec2(mean.y, 0.0), otherSum = vec2(sum.y, 0.0), otherM2 = vec2(m2.y, 0.0);
  sumRest = m2Rest = vec2(0.0);
  join(otherN, otherMean, otherSum, otherM2);
  first = vec4(totalOf(sum, sumRest).x, totalOf(m2, m2Rest).x, n.x, pivot.x);`
    : `
  first = vec4(sum.x, m2.x, n.x, FIRST(pivot).x);
  second = vec4(sum.y, m2.y, n.y, FIRST(pivot).y);`;

export const momentPieces = memoized(
  (variant: MomentVariant) => `${prelude}
layout(location = 0) out vec4 first;
${variant.walk === 'planes' ? '' : 'layout(location = 1) out vec4 second;'}
${fragmentNumber}${geometry}${elementOf}
${largeTensor('x', variant.x)}
${units(variant)}${pairs(variant)}${steps(variant.walk)}${lanes[variant.walk]}${piece}
${pivot(variant.walk, variant.centered)}
${compensated}${join}
void main() {
  ivec3 piece = pieceOf(fragmentNumber());
  int firstColumn = firstColumnOf(piece.x);
  int unit = firstUnit(piece.x);
  vec4 pivot = ${
    variant.walk === 'planes'
      ? 'vec4(pivotOf(statisticOf(unit)))'
      : 'SPREAD(vec2(pivotOf(statisticOf(unit)), pivotOf(statisticOf(unit + pairGroups))))'
  };
  ivec2 stride = xCursor(TEXEL_STRIDE);
  ivec2 at = xCursor(startOf(piece.x) + piece.y * TEXEL_STRIDE);
  ${walkPiece(block(variant))}
  sum = totalOf(sum, sumRest);
  m2 = totalOf(m2, m2Rest);
  ${result(variant.walk)}
}
`,
);
