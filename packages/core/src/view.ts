/**
 * Shape semantics: every normalization, rank and data format is reduced to one view before a backend sees it.
 * Pure functions; the only place in the project that knows what an axis means.
 */
import { OptionError, ShapeError } from './errors.js';

/** Where the channel axis is: after the batch axis (`[N, C, H, W]`) or last (`[N, H, W, C]`). */
export type DataFormat = 'channelsFirst' | 'channelsLast';

/**
 * x, of whatever rank, read as `[batch, outer, channels, inner]` in row-major order.
 *
 * `acrossBatch`: one mean and variance per channel over batch, outer and inner (`groups === channels`).
 * Otherwise one per sample and group, over outer, the group's `channels / groups` channels, and inner.
 *
 * Backends may rely on what holds for every view that core makes: at most one of outer and inner is above 1, and both are 1
 * if `centered` is false.
 */
export interface NormalizationView {
  /** Samples; for LayerNorm and RMSNorm the product of the leading sizes. */
  readonly batch: number;
  /** Positions between the batch and the channel axis; 1 if channels come first. */
  readonly outer: number;
  /** Length of gamma and beta; for LayerNorm and RMSNorm the product of normalizedShape. */
  readonly channels: number;
  /** Positions after the channel axis, contiguous in memory; 1 if channels come last. */
  readonly inner: number;
  /** Groups of channels that share a statistic; divides `channels`. */
  readonly groups: number;
  /** Whether one statistic spans all samples. */
  readonly acrossBatch: boolean;
  /** False for RMSNorm: the mean is taken as 0, and the variance is the mean square. */
  readonly centered: boolean;
}

/** How a kernel goes through x. */
export interface Layout {
  /** One statistic for each channel, or for each sample and group. */
  readonly statistics: 'acrossBatch' | 'perSample';
  /**
   * planes: contiguous elements share a channel. columns: channels are the innermost axis, and a channel is a column of a matrix.
   * rows: a sample is one row, and every element of it is of another channel.
   */
  readonly walk: 'planes' | 'columns' | 'rows';
}

/** The layout that follows from a view: the name for it in every backend. */
export function layoutOf({ outer, inner, acrossBatch }: NormalizationView): Layout {
  const statistics = acrossBatch ? 'acrossBatch' : 'perSample';
  if (inner > 1) return { statistics, walk: 'planes' };
  return { statistics, walk: acrossBatch || outer > 1 ? 'columns' : 'rows' };
}

/** Shape of mean and variance: `[channels]` across the batch, else `[batch, groups]`. */
export function statisticsShape(view: NormalizationView): [number] | [number, number] {
  return view.acrossBatch ? [view.channels] : [view.batch, view.groups];
}

/** How many elements of x go into one statistic (m in the formulas). */
export function elementsPerStatistic(view: NormalizationView): number {
  const perSample = (view.outer * view.channels * view.inner) / view.groups;
  return view.acrossBatch ? view.batch * perSample : perSample;
}

function product(sizes: readonly number[], from = 0, to = sizes.length): number {
  let result = 1;
  for (let i = from; i < to; i++) result *= sizes[i]!;
  return result;
}

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Where x of a rank has its channels. */
export const channelAxisOf = (dataFormat: DataFormat, rank: number): number =>
  dataFormat === 'channelsFirst' ? 1 : rank - 1;

/** The channel axis of x, after its rank and channel count have been checked. */
function checkedChannelAxis(
  name: string,
  shape: readonly number[],
  channels: number | undefined,
  dataFormat: DataFormat,
): number {
  if (shape.length < 2 || shape.length > 5) {
    throw new ShapeError(
      `${name}: x must have rank 2 to 5 ([N, C], or [N, C, ...spatial]), got rank ${shape.length}, ` +
        `shape ${formatShape(shape)}`,
    );
  }
  const axis = channelAxisOf(dataFormat, shape.length);
  if (channels !== undefined && shape[axis] !== channels) {
    throw new ShapeError(
      `${name}: x must have ${channels} channels on axis ${axis} (${dataFormat}), got ${shape[axis]}, ` +
        `shape ${formatShape(shape)}`,
    );
  }
  if (shape[axis] === 0) {
    throw new ShapeError(`${name}: x must have at least one channel, got shape ${formatShape(shape)}`);
  }
  return axis;
}

/** One statistic per sample and channel; the channels of x are checked if given. */
function channelsView(
  name: string,
  shape: readonly number[],
  wantedChannels: number | undefined,
  dataFormat: DataFormat,
): NormalizationView {
  const axis = checkedChannelAxis(name, shape, wantedChannels, dataFormat);
  const channels = shape[axis]!;
  return {
    batch: shape[0]!,
    outer: product(shape, 1, axis),
    channels,
    inner: product(shape, axis + 1),
    groups: channels,
    acrossBatch: false,
    centered: true,
  };
}

/**
 * BatchNorm: one statistic per channel, across the batch. `numFeatures` is checked if given.
 *
 * @param name whom errors name.
 * @throws ShapeError for a rank outside 2 to 5, no channels, or a number of channels other than numFeatures.
 */
export function batchNormView(
  shape: readonly number[],
  dataFormat: DataFormat,
  numFeatures?: number,
  name = 'BatchNorm',
): NormalizationView {
  return { ...channelsView(name, shape, numFeatures, dataFormat), acrossBatch: true };
}

/**
 * GroupNorm: one statistic per sample and group of `channels / numGroups` channels. `numChannels` is checked if given.
 *
 * @param name whom errors name.
 * @throws ShapeError as `batchNormView`; OptionError if numGroups does not divide the channels.
 */
export function groupNormView(
  shape: readonly number[],
  dataFormat: DataFormat,
  numGroups: number,
  numChannels?: number,
  name = 'GroupNorm',
): NormalizationView {
  const view = channelsView(name, shape, numChannels, dataFormat);
  checkGroups(name, view.channels, numGroups);
  return { ...view, groups: numGroups };
}

/** Throws unless the channels divide into the groups. */
export function checkGroups(name: string, channels: number, numGroups: number): void {
  if (channels % numGroups !== 0) {
    throw new OptionError(
      `${name}: the number of channels must be divisible by numGroups, got ${channels} channels and ` +
        `numGroups ${numGroups}`,
    );
  }
}

/**
 * InstanceNorm: group norm with one group per channel. `numFeatures` is checked if given.
 *
 * @param name whom errors name.
 * @throws ShapeError as `batchNormView`.
 */
export function instanceNormView(
  shape: readonly number[],
  dataFormat: DataFormat,
  numFeatures?: number,
  name = 'InstanceNorm',
): NormalizationView {
  return channelsView(name, shape, numFeatures, dataFormat);
}

/**
 * LayerNorm and RMSNorm (`centered: false`): one statistic per leading index, over the trailing axes, which must equal
 * `normalizedShape`.
 *
 * @param name whom errors name.
 * @throws ShapeError if the trailing sizes differ from normalizedShape.
 */
export function layerNormView(
  shape: readonly number[],
  normalizedShape: readonly number[],
  centered = true,
  name = centered ? 'LayerNorm' : 'RMSNorm',
): NormalizationView {
  const leading = shape.length - normalizedShape.length;
  const trailing = shape.slice(Math.max(leading, 0));
  if (leading < 0 || normalizedShape.some((size, i) => size !== trailing[i])) {
    throw new ShapeError(
      `${name}: the trailing sizes of x must equal normalizedShape ${formatShape(normalizedShape)}, ` +
        `got x of shape ${formatShape(shape)}`,
    );
  }
  return {
    batch: product(shape, 0, leading),
    outer: 1,
    channels: product(normalizedShape),
    inner: 1,
    groups: 1,
    acrossBatch: false,
    centered,
  };
}
