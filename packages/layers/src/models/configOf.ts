/** The config of a layer, whole: tfjs's own leave out or mix up what changes the numbers. */
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Constraint, serialize } from '../kerasObjects.js';
import { isOfClass } from '../tfjsClasses.js';

type Layer = tfl.layers.Layer;

export function configOf(layer: Layer): tf.serialization.ConfigDict {
  const config = layer.getConfig();
  if (isOfClass(layer, 'DepthwiseConv2D')) {
    // tfjs writes the regularizer in its place.
    const { depthwiseConstraint } = layer as Layer & { depthwiseConstraint?: Constraint | null };
    return { ...config, depthwiseConstraint: serialize(depthwiseConstraint ?? undefined) };
  }
  if (isOfClass(layer, 'Conv1D')) return { ...config, ...fieldsOf(layer, 'dataFormat') };
  if (isOfClass(layer, 'SeparableConv2D')) return { ...config, ...fieldsOf(layer, 'depthMultiplier') };
  return config;
}

/** An option that tfjs keeps under its name. */
const fieldsOf = (layer: Layer, option: string) => ({
  [option]: (layer as unknown as Record<string, tf.serialization.ConfigDictValue>)[option]!,
});
