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
  dilationRate: 1,
};

/** Options that tfjs takes and leaves out of its configs. */
const unsaved = ['depthMultiplier'];

/** By class, options for which tfjs computes something else than Keras, unless they have this value. */
const computedOtherwise: Readonly<
  Record<string, readonly [option: string, agrees: unknown, reason: string]>
> = {
  DepthwiseConv2D: ['dilationRate', 1, 'tfjs leaves it out here; take SeparableConv2D or Conv2D'],
  UpSampling2D: [
    'interpolation',
    'nearest',
    'tfjs takes its pixels half a pixel further; take nearest, or Conv2DTranspose',
  ],
  Resizing: ['interpolation', undefined, 'tfjs lays the outer pixels on each other; resize before the model'],
};

/** Whether a value, or each of a list, is this one. */
const isAll = (value: unknown, wanted: unknown): boolean => [value].flat().every((each) => each === wanted);

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

function checkAgreement(entry: LayerEntry): void {
  const otherwise = computedOtherwise[entry.className];
  if (otherwise === undefined) return;
  const [option, agrees, reason] = otherwise;
  const value = entry.config[option];
  if (value !== undefined && !isAll(value, agrees)) {
    throw refuse(entry, `${option} ${JSON.stringify(value)}: ${reason}`);
  }
}

function checkLayer(layer: tfl.layers.Layer, entry: LayerEntry): void {
  if (!checkedClasses.has(entry.className)) return;
  const known = layer.getConfig();
  checkAgreement(entry);
  for (const [option, value] of Object.entries(entry.config)) {
    if (option in known || unsaved.includes(option) || withoutEffect.has(option)) continue;
    if (isNothing(value) || (option in asTfjsDoes && isAll(value, asTfjsDoes[option]))) continue;
    throw refuse(
      entry,
      `tfjs does not have the option ${option} and would leave it out, got ${JSON.stringify(value)}; build the model without it`,
    );
  }
  const inner = (layer as { layer?: tfl.layers.Layer }).layer;
  if (inner !== undefined && isLayerEntry(entry.config.layer)) checkLayer(inner, entry.config.layer);
}
