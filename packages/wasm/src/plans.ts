/** The plan of an operation on a view. */
import { layoutOf, type NormalizationView } from '@bn/core';
import { acrossBatchPlan } from './acrossBatchPlan.js';
import type { Kernels, Operation } from './kernels.js';
import { perSamplePlan } from './perSamplePlan.js';
import type { Plan } from './plan.js';

export function planOf(operation: Operation, view: NormalizationView, kernels: Kernels): Plan {
  const { statistics, walk } = layoutOf(view);
  if (statistics === 'perSample') return perSamplePlan(operation, walk, view, kernels);
  return acrossBatchPlan(operation, walk === 'planes' ? 'planes' : 'columns', view, kernels);
}
