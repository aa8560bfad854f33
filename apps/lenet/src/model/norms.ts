/** What may stand where the tutorial has batch norm: one line each. */
import { BatchNorm, type Normalization } from '@bn/core';

/**
 * Makes the normalization of one place in the network from the shape of one sample there: `[height, width, channels]`
 * behind a convolution, `[features]` behind a dense layer.
 */
type NormFactory = (shape: readonly number[]) => Normalization | undefined;

export const norms = {
  batch: (shape) => new BatchNorm({ numFeatures: shape.at(-1)!, dataFormat: 'channelsLast' }),
  none: () => undefined,
} satisfies Record<string, NormFactory>;

/** The name of a normalization, as `--norm` takes it. */
export type Norm = keyof typeof norms;

export const normNames = Object.keys(norms) as Norm[];

export const isNorm = (name: string): name is Norm => Object.hasOwn(norms, name);

/** Norms whose statistics run over the batch, which must then hold more than one sample in training. */
export const batchStatisticNorms: ReadonlySet<Norm> = new Set(['batch']);
