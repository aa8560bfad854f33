/** Why runs cannot be started as they are set, in words. */
import { loneImageError, reasonOf } from '@bn/lenet';
import { maximumCurves } from '../lessons/plan.js';
import { t } from '../messages/language.js';
import { textOf } from '../messages/reasons.js';
import type { RunSettings } from '../protocol.js';
import { dataset } from '../state/page.js';

export function faultOf({ norm, batchSize }: RunSettings): string | undefined {
  const count = dataset.value?.trainCount;
  const problem = count === undefined ? undefined : loneImageError(norm, batchSize, count);
  return problem && textOf(reasonOf(problem), t.value);
}

/** The first fault of several runs, or that they are too many. */
export function faultOfRuns(runs: readonly RunSettings[]): string | undefined {
  if (runs.length > maximumCurves) return t.value.comparison.tooMany(runs.length, maximumCurves);
  return runs.map(faultOf).find((fault) => fault !== undefined);
}
