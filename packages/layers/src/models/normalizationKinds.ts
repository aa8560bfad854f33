/** The normalization layers of a model by kind: those of this package and those of tf.layers. */
import type * as tfl from '@tensorflow/tfjs-layers';
import { BatchNormalization } from '../batchNormalization.js';
import { GroupNormalization } from '../groupNormalization.js';
import { InstanceNormalization } from '../instanceNormalization.js';
import { LayerNormalization } from '../layerNormalization.js';
import { RMSNormalization } from '../rmsNormalization.js';
import { LayerNormalizationOfTfjs } from '../tfjsClasses.js';
import { isForeignBatchNorm, isOwnOfTfjs } from './batchNormLayers.js';

type Layer = tfl.layers.Layer;

/** A layer of this package for each kind. */
export const normalizationClasses = {
  batch: BatchNormalization,
  group: GroupNormalization,
  instance: InstanceNormalization,
  layer: LayerNormalization,
  rms: RMSNormalization,
} as const;

/** The kinds of normalization by their short names. */
export type NormalizationKind = keyof typeof normalizationClasses;

export const normalizationKinds = Object.keys(normalizationClasses) as NormalizationKind[];

/** Undefined for a layer that is no normalization, and for one of another class, whose formula is not known here. */
export function kindOf(layer: Layer): NormalizationKind | undefined {
  if (isOwnOfTfjs(layer)) return 'batch';
  if (layer.constructor === LayerNormalizationOfTfjs) return 'layer';
  return normalizationKinds.find((kind) => layer.constructor === normalizationClasses[kind]);
}

/** A normalization layer, by its name or as a subclass, whose formula is not known here. */
export function isForeignNormalization(layer: Layer): boolean {
  if (kindOf(layer) !== undefined) return false;
  const isSubclass = normalizationKinds.some((kind) => layer instanceof normalizationClasses[kind]);
  return (
    isSubclass || isForeignBatchNorm(layer) || /(group|instance|layer|rms)_?norm/i.test(layer.getClassName())
  );
}

/** Whether the layer is one of this package. */
export const isOfThisPackage = (layer: Layer): boolean =>
  normalizationKinds.some((kind) => layer.constructor === normalizationClasses[kind]);
