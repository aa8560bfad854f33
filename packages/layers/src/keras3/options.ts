/** Options that tfjs would ignore silently. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Config, isLayerEntry, type LayerEntry, refuse } from './config.js';

/** Of tfjs and of this package: user's layers may take options that their getConfig leaves out. */
const checkedClasses = new Set(Object.keys(tf.serialization.SerializationMap.getMap().classNameMap));

/** Options that change no number here, whatever they say. */
const withoutEffect = new Set(
  (
    'name trainable dtype inputDType batchInputShape inputShape batchSize customObjects seed useCudnn implementation ' +
    'unroll autocast sparse ragged optional inputLength buildConfig supportsJit layer cell cells'
  ).split(' '),
);
/** What tfjs does without being told. */
const asTfjsDoes: Config = {
  groups: 1,
  threshold: 0,
  negativeSlope: 0,
  dataFormat: 'channelsLast',
  pad: 0,
  resetAfter: false,
  interpolation: 'nearest',
};

const isNothing = (value: unknown): boolean =>
  value == null || value === false || (Array.isArray(value) && value.every(isNothing));

/**
 * Holds the options in the file against those that the layers, by their own configs, have.
 *
 * @throws OptionError for one that a layer does not know and that is neither null, false nor what tfjs does anyway.
 */
export function checkOptions(layers: readonly tfl.layers.Layer[], entries: readonly LayerEntry[]): void {
  for (const entry of entries) {
    const layer = layers.find(({ name }) => name === entry.config.name);
    if (layer !== undefined && !('layers' in layer)) checkLayer(layer, entry);
  }
}

function checkLayer(layer: tfl.layers.Layer, entry: LayerEntry): void {
  if (!checkedClasses.has(entry.className)) return;
  const known = layer.getConfig();
  for (const [option, value] of Object.entries(entry.config)) {
    if (option in known || withoutEffect.has(option) || isNothing(value) || asTfjsDoes[option] === value)
      continue;
    throw refuse(
      entry,
      `tfjs does not have the option ${option} and would leave it out, got ${JSON.stringify(value)}; build the model without it`,
    );
  }
  const inner = (layer as { layer?: tfl.layers.Layer }).layer;
  if (inner !== undefined && isLayerEntry(entry.config.layer)) checkLayer(inner, entry.config.layer);
}
