/** Plans for statistics that span the batch: sums by segments of the batch, what merges them, an element-wise pass. */
import type { NormalizationView } from '@bn/core';
import type { Operation, SerialKernel, Sizes } from './kernels.js';
import { kernelsOf, type Plan, type Step } from './plan.js';

interface Passes {
  readonly sums?: 'Statistics' | 'GradientSums';
  readonly finish: SerialKernel;
  readonly elementwise?: 'Normalize' | 'InputGradient';
}

const passesOf: Record<Operation, Passes> = {
  Moments: { sums: 'Statistics', finish: 'acrossBatchFinishMoments' },
  Normalize: { finish: 'acrossBatchNormalizeFactors', elementwise: 'Normalize' },
  Forward: { sums: 'Statistics', finish: 'acrossBatchFinishForward', elementwise: 'Normalize' },
  GradientSums: { sums: 'GradientSums', finish: 'acrossBatchFinishSums' },
  InputGradient: { finish: 'acrossBatchInputGradientFactors', elementwise: 'InputGradient' },
  Backward: { sums: 'GradientSums', finish: 'acrossBatchFinishBackward', elementwise: 'InputGradient' },
};

const passes = ['Statistics', 'GradientSums', 'Normalize', 'InputGradient'] as const;
const families = {
  planes: kernelsOf('acrossBatchPlanes', passes),
  columns: kernelsOf('acrossBatchColumns', passes),
};

export function acrossBatchPlan(
  operation: Operation,
  walk: 'planes' | 'columns',
  { batch, outer, channels, inner }: NormalizationView,
  sizes: Sizes,
): Plan {
  const { sums, finish, elementwise } = passesOf[operation];
  const kernels = families[walk];
  const rows = batch * outer;
  const isColumns = walk === 'columns';
  const steps: Step[] = [];
  if (sums) {
    const segments = sizes.acrossBatchSegments(rows, channels, inner);
    steps.push({ kernel: kernels[sums], items: isColumns ? segments : segments * channels });
  }
  steps.push({ kernel: finish });
  if (elementwise) {
    const items = isColumns ? sizes.acrossBatchColumnsWideRows(rows, channels) : rows * channels;
    steps.push({ kernel: kernels[elementwise], items });
  }
  return {
    sharedBytes: sizes.acrossBatchSharedBytes(rows, channels, inner),
    threadBytes: isColumns ? sizes.columnsScratchBytes(channels) : 0,
    steps,
  };
}
