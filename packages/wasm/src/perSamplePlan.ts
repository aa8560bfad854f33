/** Plans where a statistic is of a sample: one kernel over samples or groups, and for dGamma and dBeta a sum over the batch. */
import type { Layout, NormalizationView } from '@bn/core';
import type { Operation, Sizes } from './kernels.js';
import { kernelsOf, type Plan } from './plan.js';

export function perSamplePlan(
  operation: Operation,
  walk: Layout['walk'],
  view: NormalizationView,
  sizes: Sizes,
): Plan {
  const { batch, channels } = view;
  const kernels = families[walk];
  const threadBytes = threadBytesOf(walk, channels, sizes);
  const items = itemsOf(walk, view, sizes);
  if (operation !== 'GradientSums' && operation !== 'Backward') {
    return { sharedBytes: 0, threadBytes, steps: [{ kernel: kernels[operation], items }] };
  }
  const pieces = walk === 'rows' ? sizes.perSampleRowsSegments(batch, channels) : batch;
  return {
    sharedBytes: sizes.perSampleTotalsBytes(pieces, channels),
    threadBytes,
    steps: [
      { kernel: kernels.Backward, items: walk === 'rows' ? pieces : items },
      { kernel: kernels.AddTotals, items: channels },
    ],
  };
}

/** Samples, groups of samples, or blocks of samples. */
function itemsOf(walk: Layout['walk'], { batch, channels, groups }: NormalizationView, sizes: Sizes): number {
  if (walk === 'rows') return sizes.perSampleRowsBlocks(batch, channels, groups);
  return walk === 'columns' ? batch : batch * groups;
}

const passes = ['Moments', 'Normalize', 'Forward', 'InputGradient', 'Backward', 'AddTotals'] as const;
const families = {
  planes: kernelsOf('perSamplePlanes', passes),
  columns: kernelsOf('perSampleColumns', passes),
  rows: kernelsOf('perSampleRows', passes),
};

function threadBytesOf(walk: Layout['walk'], channels: number, sizes: Sizes): number {
  if (walk === 'planes') return sizes.perSamplePlanesScratchBytes();
  if (walk === 'columns') return sizes.perSampleColumnsScratchBytes(channels);
  return sizes.perSampleRowsScratchBytes(channels);
}
