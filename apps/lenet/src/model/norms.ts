/** What may stand where the tutorial has batch norm, one line each, and on which side of the activation. */
import { BatchNorm, GroupNorm, InstanceNorm, LayerNorm, type Normalization } from '@bn/core';

/**
 * Makes the normalization of one place in the network from the shape of one sample there: `[height, width, channels]`
 * behind a convolution, `[features]` behind a dense layer.
 */
type NormFactory = (shape: readonly number[]) => Normalization | undefined;

const dataFormat = 'channelsLast';
const channels = (shape: readonly number[]): number => shape.at(-1)!;
const isImage = (shape: readonly number[]): boolean => shape.length > 1;

const batch: NormFactory = (shape) => new BatchNorm({ numFeatures: channels(shape), dataFormat });

const group: NormFactory = (shape) =>
  new GroupNorm({ numGroups: groupsOf(channels(shape)), numChannels: channels(shape), dataFormat });

/**
 * For images as "Group Normalization" (Wu and He, 2018) has layer norm: statistics over all of a sample, gamma and beta
 * per channel.
 */
const layer: NormFactory = (shape) =>
  isImage(shape)
    ? new GroupNorm({ numGroups: 1, numChannels: channels(shape), dataFormat })
    : new LayerNorm({ normalizedShape: channels(shape) });

/** Behind a dense layer, where an instance would be a single value, layer norm. */
const instance: NormFactory = (shape) =>
  isImage(shape) ? new InstanceNorm({ numFeatures: channels(shape), dataFormat }) : layer(shape);

export const norms = { batch, layer, group, instance, none: () => undefined } satisfies Record<
  string,
  NormFactory
>;

/** The divisor of `count` next to its square root from below: as many groups as a group has channels, about. */
function groupsOf(count: number): number {
  let groups = Math.floor(Math.sqrt(count));
  while (count % groups !== 0) groups--;
  return groups;
}

/** The name of a normalization, as `--norm` takes it. */
export type Norm = keyof typeof norms;

export const normNames = Object.keys(norms) as Norm[];

export const isNorm = (name: string): name is Norm => Object.hasOwn(norms, name);

/** Norms whose statistics run over the batch, which must then hold more than one sample in training. */
export const batchStatisticNorms: ReadonlySet<Norm> = new Set(['batch']);

/** Where the norm stands: before the activation, as the batch norm paper and the tutorial have it, or after it. */
export const placements = ['before', 'after'] as const;
export type Placement = (typeof placements)[number];

export const isPlacement = (name: string): name is Placement =>
  (placements as readonly string[]).includes(name);

/** What tells one network of this app from another. */
export interface Architecture {
  readonly norm: Norm;
  /** Default 'before'. */
  readonly placement?: Placement;
}
