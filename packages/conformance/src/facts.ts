/**
 * Facts of each operation that the suite depends on. A new operation gets an entry here; then `apply` in calls.ts and `layerOf` in
 * behaviours/layers.ts do not compile until they know it too, and all else follows from these facts.
 */
import type { DataFormat } from '@bn/core';

/** Options of an operation, and the shape of the x that it is applied to. */
export interface OperationOptions {
  readonly shape: readonly number[];
  /** Default 'channelsFirst'. */
  readonly dataFormat?: DataFormat;
  /** layerNorm and rmsNorm only. */
  readonly normalizedShape?: readonly number[];
  /** groupNorm only. */
  readonly numGroups?: number;
  /** Default 1e-5. */
  readonly epsilon?: number;
  /** With gamma and beta (rmsNorm: gamma). Default true. */
  readonly affine?: boolean;
}

interface Facts {
  /** Whether gamma and beta have one value per channel, or one per element of the trailing axes. */
  readonly over: 'channels' | 'trailingAxes';
  /** What shares a mean and variance: a channel in the whole batch, or some of one sample. Or both are given. */
  readonly statistics: 'acrossBatch' | 'perSample' | 'given';
  /** Statistics of a sample, for an operation that has them per sample and over channels. */
  readonly groups?: (channels: number, numGroups: number | undefined) => number;
  /** False if the mean is taken as 0; there is no beta then. */
  readonly centered: boolean;
  /** Shapes and options to test it with. Sizes are no multiple of a vector. */
  readonly samples: readonly OperationOptions[];
}

export const facts = {
  batchNorm: {
    over: 'channels',
    statistics: 'acrossBatch',
    centered: true,
    samples: [{ shape: [5, 3, 3, 5] }, { shape: [5, 3, 5, 6], dataFormat: 'channelsLast' }],
  },
  batchNormInference: {
    over: 'channels',
    statistics: 'given',
    centered: true,
    samples: [{ shape: [5, 3, 3, 5] }],
  },
  layerNorm: {
    over: 'trailingAxes',
    statistics: 'perSample',
    centered: true,
    samples: [{ shape: [6, 21], normalizedShape: [21] }],
  },
  groupNorm: {
    over: 'channels',
    statistics: 'perSample',
    groups: (_, numGroups) => numGroups!,
    centered: true,
    samples: [
      { shape: [2, 6, 3, 5], numGroups: 3 },
      { shape: [2, 3, 5, 6], numGroups: 3, dataFormat: 'channelsLast' },
    ],
  },
  instanceNorm: {
    over: 'channels',
    statistics: 'perSample',
    groups: (channels) => channels,
    centered: true,
    samples: [{ shape: [3, 2, 3, 5] }],
  },
  rmsNorm: {
    over: 'trailingAxes',
    statistics: 'perSample',
    centered: false,
    samples: [{ shape: [6, 21], normalizedShape: [21] }],
  },
} as const satisfies Record<string, Facts>;

export type OperationName = keyof typeof facts;

export const factsOf = (op: OperationName): Facts => facts[op];

const names = Object.keys(facts) as OperationName[];

/** The operations of which some fact is true. */
export const operationsThat = (hold: (facts: Facts) => boolean): readonly OperationName[] =>
  names.filter((name) => hold(factsOf(name)));

/** Whether core's `moments` computes the statistics of an operation. */
export const hasMoments = ({ statistics, centered }: Facts): boolean => statistics !== 'given' && centered;
