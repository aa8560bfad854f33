/**
 * Which loops a view and a shape take: what shares a texel, in which direction sums walk, and how the pieces that they find
 * are put together.
 *
 * A unit is what one statistic and one channel have in common, so that sums over units make statistics as well as channels:
 * one channel of one sample, or if channels are columns and statistics span the batch, one column. If each element is of
 * another channel (LayerNorm), a unit is a statistic, and channels take a separate walk.
 */
import type { Layout, NormalizationView } from '@bn/core';
import type { UniformValue } from '../textures/draw.js';
import { geometryOf, isRagged, rowsInOrder, sampleLines, texelsOf, unitTexels } from '../textures/texels.js';
import { positionsOf } from './elementLayout.js';

/**
 * - 'planes': a texel is of one unit, and the texels of a unit follow each other (channels first, rank 4 and 5);
 * - 'rows': the two rows of a texel are two units (channels first of rank 3; LayerNorm);
 * - 'columns': the two columns of a texel are two units (channels last; features).
 */
export type Walk = Layout['walk'];

/** What the shaders that take sums are made for. */
export interface SumVariant {
  readonly walk: Walk;
  readonly acrossBatch: boolean;
  /** Whether gamma differs within a unit. */
  readonly gammaWithin: boolean;
  /** Whether some lanes of some texels are of no unit. */
  readonly ragged: boolean;
  /** Whether rows of texels are two rows each throughout: no batch ends in half a texel. */
  readonly rowsInOrder: boolean;
}

/** How sums are taken over units, two of which share a texel (planes: one). */
export interface SumLayout {
  readonly variant: SumVariant;
  /** Shape by whose texels the walk goes. */
  readonly shape: readonly number[];
  /** Pairs of units (planes: units), and texels of a pair. */
  readonly pairs: number;
  readonly length: number;
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

/** How the sums of statistics are taken. */
export function statisticLayoutOf(shape: readonly number[], view: NormalizationView): SumLayout {
  const positions = positionsOf(shape, view);
  switch (positions) {
    case 'planes':
      return planes(shape, view);
    case 'channelRows':
      return rows(shape, view, 1);
    case 'columns':
      return columns(shape, view);
    case 'rows':
      return rows(shape, view, view.groups);
    case 'elements':
      return samples(shape, view);
  }
}

/** How the sums of channels are taken if a unit is of many: over columns, across all rows. */
export function channelLayoutOf(shape: readonly number[], view: NormalizationView): SumLayout {
  const { batch, channels } = view;
  const across = { batch, outer: 1, channels, inner: 1, groups: channels, acrossBatch: true, centered: true };
  return columns(positionsOf(shape, view) === 'rows' ? shape : [batch, channels], across);
}

const isOdd = (size: number): boolean => size % 2 === 1;

function planes(shape: readonly number[], view: NormalizationView): SumLayout {
  const { batch, outer, channels, inner, groups, acrossBatch } = view;
  const texels = texelsOf(shape);
  const length = unitTexels(texels, outer * inner);
  return {
    variant: {
      walk: 'planes',
      acrossBatch,
      gammaWithin: false,
      rowsInOrder: rowsInOrder(texels),
      ragged: isRagged(texels),
    },
    shape,
    pairs: batch * channels,
    length,
    uniforms: {
      ...geometryOf(texels),
      channels,
      pairTexels: length,
      statisticUnits: acrossBatch ? batch : channels / groups,
      channelUnits: batch,
    },
  };
}

/** Samples are units, if several axes are normalized at once: the planes of each are one statistic. */
function samples(shape: readonly number[], { batch, channels }: NormalizationView): SumLayout {
  const view = {
    batch,
    outer: 1,
    channels: 1,
    inner: channels,
    groups: 1,
    acrossBatch: false,
    centered: true,
  };
  const layout = planes(shape, view);
  return {
    ...layout,
    variant: { ...layout.variant, gammaWithin: true },
    uniforms: { ...layout.uniforms, channels },
  };
}

/** Rows are units: channels of samples, or with `groups` groups of columns in each, statistics. */
function rows(shape: readonly number[], view: NormalizationView, groups: number): SumLayout {
  const { batch, channels, inner, acrossBatch } = view;
  const texels = texelsOf(shape);
  const areChannels = inner === texels.columns && texels.rows === channels;
  const span = texels.columns / groups;
  const length = Math.ceil(span / 2);
  return {
    variant: {
      walk: 'rows',
      acrossBatch,
      gammaWithin: !areChannels,
      ragged: isOdd(span),
      rowsInOrder: rowsInOrder(texels),
    },
    shape,
    pairs: texels.batches * texels.texelRows * groups,
    length,
    uniforms: {
      ...geometryOf(texels),
      channels,
      pairTexels: length,
      pairGroups: groups,
      groupColumns: span,
      lineUnits: texels.rows,
      linePairs: texels.texelRows,
      statisticUnits: areChannels ? (acrossBatch ? batch : channels / view.groups) : 1,
      channelUnits: batch,
    },
  };
}

function columns(shape: readonly number[], view: NormalizationView): SumLayout {
  const { batch, outer, channels, groups, acrossBatch } = view;
  const texels = texelsOf(shape);
  const samples = acrossBatch ? 1 : batch;
  const length = acrossBatch ? texels.batches * texels.texelRows : sampleLines(texels, outer);
  return {
    variant: {
      walk: 'columns',
      acrossBatch,
      gammaWithin: false,
      ragged: isOdd(texels.rows),
      rowsInOrder: rowsInOrder(texels),
    },
    shape,
    pairs: samples * texels.texelColumns,
    length,
    uniforms: {
      ...geometryOf(texels),
      channels,
      pairTexels: length,
      pairGroups: 1,
      lineUnits: texels.columns,
      linePairs: texels.texelColumns,
      statisticUnits: acrossBatch ? 1 : channels / groups,
      channelUnits: samples,
    },
  };
}
