/** GLSL for the pivot of a statistic: the first of its elements of x. */
import type { Walk } from '../layouts/sumLayout.js';

const laneOf: Record<Walk, string> = {
  planes: 'lanes.x',
  rows: '((firstColumnOf(at.x) & 1) == 0 ? FIRST(lanes) : SECOND(lanes))[at.y]',
  columns: 'FIRST(lanes)[at.y]',
};

export const pivot = (walk: Walk, centered: boolean): string =>
  centered
    ? `
float pivotOf(int statistic) {
  ivec2 at = pairOf(unitOfStatistic(statistic, 0));
  vec4 lanes = xRead(xCursor(startOf(at.x)));
  return ${laneOf[walk]};
}
`
    : 'float pivotOf(int statistic) { return 0.0; }';
