/** The batch norm layers of a model: those of this package and those of tf.layers. */
import { OptionError } from '@bn/core';
import * as tfl from '@tensorflow/tfjs-layers';
import { BatchNormalization } from '../batchNormalization.js';
import type { OwnOfTfjs } from '../batchNormalizationOfTfjs.js';
import type { BatchNormState } from '../batchNormState.js';
import { BatchNormalizationOfTfjs } from '../tfjsClasses.js';
import { layersIn, type NamedLayer, namedLayersIn } from './layersIn.js';

type Layer = tfl.layers.Layer;

/** A batch norm layer of this package or of tf.layers. */
export type BatchNormLayer = BatchNormalization | OwnOfTfjs;

export const isOwnOfTfjs = (layer: Layer): layer is OwnOfTfjs =>
  layer.constructor === BatchNormalizationOfTfjs;

export const isBatchNorm = (layer: Layer): layer is BatchNormLayer =>
  layer instanceof BatchNormalization || isOwnOfTfjs(layer);

/** A layer of another package, by its name: what it computes is not known here. */
export const isForeignBatchNorm = (layer: Layer): boolean =>
  !isBatchNorm(layer) && /batch_?norm/i.test(layer.getClassName());

/**
 * The batch norm layers inside, the layer itself among them.
 *
 * @throws OptionError for a batch norm layer of another package, by name: `consequence` is what would come of it.
 */
export function knownBatchNorms(name: string, model: Layer, consequence: string): BatchNormLayer[] {
  return [...layersIn(model)].filter((layer): layer is BatchNormLayer => {
    if (!isForeignBatchNorm(layer)) return isBatchNorm(layer);
    throw new OptionError(
      `${name}: layer '${layer.name}' is a ${layer.getClassName()} that is neither of @bn/layers nor of tf.layers, so that ${consequence}; ` +
        'make the model with BatchNormalization of @bn/layers',
    );
  });
}

/** The layer must be built. */
export const stateOf = (layer: BatchNormLayer): BatchNormState =>
  layer instanceof BatchNormalization ? layer.state() : layer;

/** @throws OptionError for something that is no model or layer of tf.layers. */
export function checkLayer(name: string, model: Layer): void {
  if (model instanceof tfl.layers.Layer) return;
  throw new OptionError(`${name}: model must be a model or layer of tf.layers, got ${typeof model}`);
}

/** The batch norm layers inside, with their names. */
export function* namedBatchNorms(model: Layer): Generator<NamedLayer & { layer: BatchNormLayer }> {
  for (const { layer, path } of namedLayersIn(model)) if (isBatchNorm(layer)) yield { layer, path };
}

/**
 * All batch norm layers of a model, each once, in the order of the model's layers: BatchNormalization of this package and of
 * tf.layers, in nested models and wrappers too. Layers inside of a custom layer are not found.
 *
 * @param model or a single layer.
 * @throws OptionError for something that is no model or layer of tf.layers.
 */
export function batchNormLayers(model: Layer): Layer[] {
  checkLayer('batchNormLayers', model);
  return [...layersIn(model)].filter(isBatchNorm);
}
