/** What may stand where the tutorial has batch norm, one line each, and on which side of the activation. */
import { BatchNorm, GroupNorm, InstanceNorm, LayerNorm, type Normalization } from '@bn/core';
import { currentGroup } from '@bn/core/group';
import type { Norm } from './architecture.js';

export * from './architecture.js';

/**
 * Makes the normalization of one place in the network from the shape of one sample there: `[height, width, channels]`
 * behind a convolution, `[features]` behind a dense layer.
 */
type NormFactory = (shape: readonly number[]) => Normalization | undefined;

const dataFormat = 'channelsLast';
/** Added to every variance under the root. */
export const epsilon = 1e-5;
const channels = (shape: readonly number[]): number => shape.at(-1)!;
const isImage = (shape: readonly number[]): boolean => shape.length > 1;

/** Over the batches of all processes, if this one is a member of a group. */
const batch: NormFactory = (shape) =>
  new BatchNorm({ numFeatures: channels(shape), epsilon, dataFormat, reducer: currentGroup() });

const group: NormFactory = (shape) =>
  new GroupNorm({ numGroups: groupsOf(channels(shape)), numChannels: channels(shape), epsilon, dataFormat });

/**
 * For images as "Group Normalization" (Wu and He, 2018) has layer norm: statistics over all of a sample, gamma and beta
 * per channel.
 */
const layer: NormFactory = (shape) =>
  isImage(shape)
    ? new GroupNorm({ numGroups: 1, numChannels: channels(shape), epsilon, dataFormat })
    : new LayerNorm({ normalizedShape: channels(shape), epsilon });

/** Behind a dense layer, where an instance would be a single value, layer norm. */
const instance: NormFactory = (shape) =>
  isImage(shape) ? new InstanceNorm({ numFeatures: channels(shape), epsilon, dataFormat }) : layer(shape);

export const norms: Readonly<Record<Norm, NormFactory>> = {
  batch,
  layer,
  group,
  instance,
  none: () => undefined,
};

/** Of `count` channels: the divisor of `count` next to its square root from below: as many groups as a group has channels, about. */
export function groupsOf(count: number): number {
  let groups = Math.floor(Math.sqrt(count));
  while (count % groups !== 0) groups--;
  return groups;
}
