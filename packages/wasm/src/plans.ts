/** The plan of an operation on a view. */
import { layoutOf, type NormalizationView } from '@bn/core';
import { acrossBatchPlan } from './acrossBatchPlan.js';
import type { Operation, Sizes } from './kernels.js';
import { perSamplePlan } from './perSamplePlan.js';
import type { Plan } from './plan.js';

export function planOf(operation: Operation, view: NormalizationView, sizes: Sizes): Plan {
  const { statistics, walk } = layoutOf(view);
  if (statistics === 'perSample') return perSamplePlan(operation, walk, view, sizes);
  return acrossBatchPlan(operation, walk === 'planes' ? 'planes' : 'columns', view, sizes);
}
