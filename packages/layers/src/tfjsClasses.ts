/** Classes of tfjs's layers that it does not export: its registry of serializable classes has them by name. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

// Programs put other classes under these names. The instances have a name so that no default name is used up.
export const BatchNormalizationOfTfjs = tfl.layers.batchNormalization({ name: 'own_of_tfjs' }).constructor;
export const LayerNormalizationOfTfjs = tfl.layers.layerNormalization({ name: 'own_of_tfjs' }).constructor;

/** tfjs's class of this name, which must be one that it registers. */
export const classOf = (name: string) => tf.serialization.SerializationMap.getMap().classNameMap[name]![0];

/** Whether a layer is of tfjs's class of this name, and not of a subclass. */
export const isOfClass = (layer: tfl.layers.Layer, name: string): boolean =>
  layer.constructor === classOf(name);
