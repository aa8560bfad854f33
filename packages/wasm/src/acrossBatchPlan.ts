/** Plans for statistics that span the batch: sums by segments of the batch, what merges them, an element-wise pass. */
import type { NormalizationView } from '@bn/core';
import type { Operation, SerialKernel, Sizes } from './kernels.js';
import type { Plan, Step } from './plan.js';

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

export function acrossBatchPlan(
  operation: Operation,
  walk: 'planes' | 'columns',
  { batch, outer, channels, inner }: NormalizationView,
  sizes: Sizes,
): Plan {
  const { sums, finish, elementwise } = passesOf[operation];
  const rows = batch * outer;
  const segments = sizes.acrossBatchSegments(rows, channels, inner);
  const isColumns = walk === 'columns';
  const family = isColumns ? 'acrossBatchColumns' : 'acrossBatchPlanes';
  const steps: Step[] = [];
  if (sums) steps.push({ kernel: `${family}${sums}`, items: isColumns ? segments : segments * channels });
  steps.push({ kernel: finish });
  if (elementwise) {
    const items = isColumns ? sizes.acrossBatchColumnsWideRows(rows, channels) : rows * channels;
    steps.push({ kernel: `${family}${elementwise}`, items });
  }
  return {
    sharedBytes: sizes.acrossBatchSharedBytes(rows, channels, inner),
    threadBytes: isColumns ? sizes.columnsScratchBytes(channels) : 0,
    steps,
  };
}
