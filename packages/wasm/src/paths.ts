/** Which family of kernels a view takes, and what that family wants to know beside the tensors. */
import type { NormalizationView } from '@bn/core';
import type { Family, Kernels } from './kernels.js';

export interface Path {
  readonly family: Family;
  /** Come after the tensors. */
  readonly sizes: readonly number[];
  /** Come last, after epsilon. */
  readonly range: readonly number[];
  /** Bytes of scratch space, to which the last argument points; 0 where the kernels take none. */
  readonly scratchBytes: number;
}

/**
 * A view has no two of outer and inner above 1 (core makes no other), except across the batch, where batch and outer are
 * one axis anyway.
 */
export function pathOf(view: NormalizationView, kernels: Kernels): Path {
  const { batch, outer, channels, inner, groups, acrossBatch, centered } = view;
  const perGroup = channels / groups;
  if (acrossBatch && inner === 1) {
    const sizes = [batch * outer, channels];
    return { family: 'columns', sizes, range: [], scratchBytes: kernels.SCRATCH_BYTES.value };
  }
  if (acrossBatch) {
    const sizes = [batch * outer, channels, inner];
    return { family: 'channels', sizes, range: [0, channels], scratchBytes: 0 };
  }
  if (outer > 1) {
    const sizes = [batch, outer, channels, perGroup];
    return { family: 'groupsLast', sizes, range: [], scratchBytes: kernels.groupsLastScratchBytes(channels) };
  }
  if (inner > 1) {
    return {
      family: 'groups',
      sizes: [batch, groups, perGroup, inner],
      range: [],
      scratchBytes: 16 * channels,
    };
  }
  const sizes = [batch, groups, perGroup, Number(centered)];
  return { family: 'rows', sizes, range: [], scratchBytes: kernels.rowsScratchBytes(channels) };
}
