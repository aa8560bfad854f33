/** The passes over memory that a case cannot do without. */
import {
  batchNormView,
  groupNormView,
  instanceNormView,
  layerNormView,
  layoutOf,
  type NormalizationView,
} from '@bn/core';
import type { Case } from './cases.js';
import { groupCount, type Normalization, type Phase } from './operations.js';
import { storedShape } from './shapes.js';

/** In tensors of x's size: how many are only read, and how many are read while as many are written. */
export interface Traffic {
  readonly reads: number;
  readonly copies: number;
}

const ofMemory: Partial<Record<Phase, Traffic>> = {
  read: { reads: 1, copies: 0 },
  copy: { reads: 0, copies: 1 },
};

/**
 * Statistics across the batch need x twice, for themselves and for y; those of one sample find x in the cache the second time.
 * Backward is the same in x and dy, and writes dx.
 */
const ofNormalizations: Readonly<Record<string, Partial<Record<Phase, Traffic>>>> = {
  acrossBatch: {
    forward: { reads: 1, copies: 1 },
    forwardBackward: { reads: 4, copies: 2 },
    inference: { reads: 0, copies: 1 },
  },
  perSample: { forwardBackward: { reads: 1, copies: 2 }, inference: { reads: 0, copies: 1 } },
};

/** Undefined if x is not what the time goes into. */
export function trafficOf(task: Case): Traffic | undefined {
  const { operation, phase } = task;
  if (phase === 'step') return undefined;
  if (operation === 'read' || operation === 'copy') return ofMemory[phase];
  return ofNormalizations[layoutOf(viewOf(task, operation as Normalization)).statistics]![phase];
}

/** A case as backends see it. */
function viewOf({ shape, dataFormat = 'channelsFirst' }: Case, operation: Normalization): NormalizationView {
  const stored = storedShape(shape, dataFormat);
  switch (operation) {
    case 'batchNorm':
    case 'batchNormLayer':
      return batchNormView(stored, dataFormat);
    case 'groupNorm':
      return groupNormView(stored, dataFormat, groupCount);
    case 'instanceNorm':
      return instanceNormView(stored, dataFormat);
    case 'layerNorm':
    case 'rmsNorm':
      return layerNormView(stored, stored.slice(-1), operation === 'layerNorm');
  }
}
