/**
 * For each piece of each unit: sum(dy) and sum(dy * xhat), xhat = (x - mean) * rstd; of gamma * dy if gamma differs within a
 * unit. dy and x are read once. Blocks of texels are summed in registers before they join the rest.
 */
import {
  elementOf,
  firstRow,
  fragmentNumber,
  geometry,
  largeTensor,
  type Parameter,
  prelude,
  smallTensor,
  statisticTexels,
  type WalkedAccess,
} from '../glsl/addressing.js';
import { compensated } from '../glsl/compensated.js';
import { memoized } from '../glsl/memoized.js';
import { parameter } from '../glsl/positions.js';
import { pairs, units } from '../glsl/units.js';
import { lanes, pairwise, piece, repeat, steps, walkPiece } from '../glsl/walk.js';
import type { SumVariant, Walk } from '../layouts/sumLayout.js';

export interface SumPiecesVariant extends SumVariant {
  readonly x: WalkedAccess;
  readonly dy: WalkedAccess;
  /** If it differs within a unit. */
  readonly gamma: Parameter;
  /** Whether a unit has one statistic, or each row one or several: then they are read from statistic texels. */
  readonly statistics: 'ofUnit' | 'ofRow' | 'ofRowAndGroup';
}

const statisticsOfUnit = `
${smallTensor('mean')}${smallTensor('variance')}
uniform float epsilon;
vec2 statisticOfUnit(int unit) {
  int statistic = statisticOf(unit);
  return vec2(meanAt(statistic), 1.0 / sqrt(varianceAt(statistic) + epsilon));
}
`;

/** xhat of the texel in a line of texels and at a column. */
const statisticsOfRow = (grouped: boolean, inOrder: boolean) => `
${statisticTexels}${firstRow(inOrder)}
uniform int groups;
uniform int channelsPerGroup;
vec4 standardized(vec4 x, vec4 a, vec4 b, vec4 c, vec4 d) {
  return (x - vec4(a.x, b.x, c.x, d.x)) * vec4(a.y, b.y, c.y, d.y);
}
vec4 standardizedX(vec4 x, int line, int column) {
  int row = rowOf(line);
  ${grouped ? ofGroups : inOrder ? ofNeighbours : ofRows}
}
`;

const ofGroups = `
  int group = column / channelsPerGroup, next = (column + 1) / channelsPerGroup;
  int upper = row * groups, lower = upper + groups;
  return standardized(
    x,
    statisticTexel(upper + group),
    statisticTexel(upper + next),
    statisticTexel(lower + group),
    statisticTexel(lower + next)
  );`;
const ofRows = `
  vec4 upper = statisticTexel(row), lower = statisticTexel(row + 1);
  return standardized(x, upper, upper, lower, lower);`;
const ofNeighbours = `
  vec4 upper, lower;
  statisticTexels(row, upper, lower);
  return standardized(x, upper, upper, lower, lower);`;

/** Gamma of the k-th texel, which differs by column, or in the planes of a sample by element. */
function gammaOf(walk: Walk, k: number): string {
  if (walk === 'rows') return `gammaPair(firstColumn / 2 + i + ${k}).xyxy`;
  const element = `elementOf(startOf(piece.x) + i + ${k}) - unit * channels`;
  const offsets = ['0', '1', 'columns', 'columns + 1'];
  return `vec4(${offsets.map((offset) => `gammaOf(${element} + ${offset})`).join(', ')})`;
}

const block =
  ({ walk, ragged, gamma, statistics }: SumPiecesVariant) =>
  (count: number): string => {
    const bothLanes = (texel: string) =>
      pairwise(count, (k) => `(FIRST(${texel}${k}) + SECOND(${texel}${k}))`);
    return `
    ${repeat(
      count,
      (k) => `
    vec4 dy${k} = dyRead(dyAt), x${k} = xRead(at);
    dyAt = dyNext(dyAt, dyStride);
    at = xNext(at, stride);
    x${k} = ${statistics === 'ofUnit' ? `x${k} - means` : `standardizedX(x${k}, i + ${k}, firstColumn)`};
    ${gamma === 'none' ? '' : `dy${k} *= ${gammaOf(walk, k)};`}
    x${k} *= dy${k};
    ${
      ragged
        ? `bvec4 counts${k} = counts(firstColumn, i + ${k});
    dy${k} = mix(vec4(0.0), dy${k}, counts${k});
    x${k} = mix(vec4(0.0), x${k}, counts${k});`
        : ''
    }`,
    )}
    add(sumDy, restDy, ${bothLanes('dy')});
    add(sumDyX, restDyX, ${bothLanes('x')});
  `;
  };

const unitStatistics = (planes: boolean) => `
  int unit = firstUnit(piece.x);
  vec2 upper = statisticOfUnit(unit), lower = ${planes ? 'upper' : 'statisticOfUnit(unit + pairGroups)'};
  vec4 means = SPREAD(vec2(upper.x, lower.x));
`;

export const sumPieces = memoized((variant: SumPiecesVariant) => {
  const ofUnit = variant.statistics === 'ofUnit';
  const planes = variant.walk === 'planes';
  return `${prelude}
out vec4 sums;
${fragmentNumber}${geometry}${elementOf}
${largeTensor('x', variant.x)}
${largeTensor('dy', variant.dy)}
${parameter('gamma', variant.gamma)}
${units(variant)}${pairs(variant)}${steps(variant.walk)}${lanes[variant.walk]}${piece}${compensated}
${ofUnit ? statisticsOfUnit : statisticsOfRow(variant.statistics === 'ofRowAndGroup', variant.rowsInOrder)}
void main() {
  ivec3 piece = pieceOf(fragmentNumber());
  int firstColumn = firstColumnOf(piece.x);
  ${ofUnit ? unitStatistics(planes) : ''}
  int start = startOf(piece.x) + piece.y * TEXEL_STRIDE;
  ivec2 stride = xCursor(TEXEL_STRIDE), at = xCursor(start);
  ivec2 dyStride = dyCursor(TEXEL_STRIDE), dyAt = dyCursor(start);
  vec2 sumDy = vec2(0.0), restDy = vec2(0.0), sumDyX = vec2(0.0), restDyX = vec2(0.0);
  ${walkPiece(block(variant))}
  sumDy = totalOf(sumDy, restDy);
  sumDyX = totalOf(sumDyX, restDyX);
  ${ofUnit ? 'sumDyX *= vec2(upper.y, lower.y);' : ''}
  sums = ${
    planes
      ? 'vec4(sumDy.x + sumDy.y, sumDyX.x + sumDyX.y, 0.0, 0.0)'
      : 'vec4(sumDy.x, sumDyX.x, sumDy.y, sumDyX.y)'
  };
}
`;
});
