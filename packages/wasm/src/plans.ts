/** Which family of kernels a view takes, which of its kernels an operation calls, and how much scratch space they want. */
import type { NormalizationView } from '@bn/core';
import { columnsPlan } from './columnsPlan.js';
import type { Executor } from './executor.js';
import type { Kernels, Operation, RangeKernel } from './kernels.js';

/** The byte offsets that an operation works on. */
export interface Pointers {
  /** In the order of the operation's arguments (see backend.ts); 0 where there is no tensor. */
  readonly inputs: readonly number[];
  /** In the order of the operation's results. */
  readonly outputs: readonly number[];
  /** Scratch space of `sharedBytes`. */
  readonly shared: number;
}

export interface Plan {
  /** Bytes of scratch space that the steps share. */
  readonly sharedBytes: number;
  /** Bytes of scratch space of each thread. */
  readonly threadBytes: number;
  execute(executor: Executor, pointers: Pointers): void;
}

/**
 * A view has no two of outer and inner above 1 (core makes no other), except across the batch, where batch and outer are
 * one axis anyway.
 */
export function planOf(
  operation: Operation,
  view: NormalizationView,
  epsilon: number | undefined,
  kernels: Kernels,
): Plan {
  const { batch, outer, channels, inner, groups, acrossBatch, centered } = view;
  const perGroup = channels / groups;
  if (acrossBatch && inner === 1) return columnsPlan(operation, batch * outer, channels, epsilon, kernels);
  const end = epsilon === undefined ? [] : [epsilon];
  if (acrossBatch) {
    const sizes = [batch * outer, channels, inner, ...end];
    return simplePlan(`channels${operation}`, sizes, channels, 0);
  }
  if (outer > 1) {
    const sizes = [outer, channels, perGroup, ...end];
    const threadBytes = kernels.groupsLastScratchBytes(channels);
    if (operation !== 'GradientSums' && operation !== 'Backward') {
      return simplePlan(`groupsLast${operation}`, sizes, batch, threadBytes);
    }
    return totalsPlan('groupsLast', operation, sizes, batch, threadBytes, batch, channels);
  }
  if (inner > 1) {
    const sizes = [groups, perGroup, inner, ...end];
    if (operation !== 'GradientSums' && operation !== 'Backward') {
      return simplePlan(`groups${operation}`, sizes, batch * groups, 0);
    }
    return totalsPlan('groups', operation, sizes, batch * groups, 0, batch, channels);
  }
  const sizes = [groups, perGroup, Number(centered), ...end];
  const threadBytes = kernels.rowsScratchBytes(channels);
  if (operation !== 'GradientSums' && operation !== 'Backward') {
    return simplePlan(`rows${operation}`, sizes, batch * groups, threadBytes);
  }
  const segments = Math.ceil(batch / kernels.rowsPerSegment(batch, channels));
  return totalsPlan('rows', operation, [...sizes, batch], segments, threadBytes, segments, channels);
}

/** The families whose statistics are per sample. */
type SampleFamily = 'groups' | 'groupsLast' | 'rows';

/** One kernel, whose items have nothing to do with each other. */
function simplePlan(kernel: RangeKernel, sizes: readonly number[], items: number, threadBytes: number): Plan {
  return {
    sharedBytes: 0,
    threadBytes,
    execute: (executor, { inputs, outputs }) =>
      executor.range(kernel, [...inputs, ...outputs, ...sizes], items),
  };
}

/**
 * The backward pass, or its sums alone: what the pieces of the batch add to dGamma and dBeta is left in totals, and added up
 * at the end.
 */
function totalsPlan(
  family: SampleFamily,
  operation: 'GradientSums' | 'Backward',
  sizes: readonly number[],
  items: number,
  threadBytes: number,
  pieces: number,
  channels: number,
): Plan {
  return {
    sharedBytes: 2 * Float64Array.BYTES_PER_ELEMENT * pieces * channels,
    threadBytes,
    execute(executor, { inputs, outputs, shared }) {
      const [dx, dGamma, dBeta, sumDy, sumDyXhat] =
        operation === 'Backward' ? [...outputs, 0, 0] : [0, ...outputs];
      executor.range(`${family}Backward`, [...inputs, dx!, sumDy!, sumDyXhat!, ...sizes, shared], items);
      executor.range('addTotals', [shared, dGamma!, dBeta!, pieces, channels], channels);
    },
  };
}
