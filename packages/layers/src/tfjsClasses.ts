/** Classes of tfjs's layers that it does not export: its registry of serializable classes has them by name. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** tfjs's class of this name, which must be one that it registers. */
export const classOf = (name: string) => tf.serialization.SerializationMap.getMap().classNameMap[name]![0];

/** Whether a layer is of tfjs's class of this name, and not of a subclass. */
export const isOfClass = (layer: tfl.layers.Layer, name: string): boolean =>
  layer.constructor === classOf(name);
