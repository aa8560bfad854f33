/**
 * How the files of our layers are told from those of tfjs's layers of the same name, so that they can be loaded as what they
 * were saved as.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Every version of Keras takes it, tfjs skips it, and neither of them saves it with BatchNormalization or LayerNormalization. */
export const ownMark = { activityRegularizer: null } as const;

export const isOwn = (config: tf.serialization.ConfigDict): boolean => config.activityRegularizer === null;

type Entry = tf.serialization.SerializationMap['classNameMap'][string];

/** Lets tfjs load a model that was saved with this layer. For layers whose name tfjs does not know. */
export function registerOwn(layer: { className: string; fromConfig: unknown }): void {
  const map = tf.serialization.SerializationMap.getMap().classNameMap;
  map[layer.className] ??= [layer, layer.fromConfig] as unknown as Entry;
}
