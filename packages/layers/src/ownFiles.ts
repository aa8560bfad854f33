/**
 * How the files of our layers are told from those of tfjs's layers of the same name, so that they can be loaded as what they
 * were saved as.
 */
import type * as tf from '@tensorflow/tfjs-core';

/** Every version of Keras takes it, tfjs skips it, and neither of them saves it with BatchNormalization or LayerNormalization. */
export const ownMark = { activityRegularizer: null } as const;

export const isOwn = (config: tf.serialization.ConfigDict): boolean => config.activityRegularizer === null;
