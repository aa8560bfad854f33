import type * as tf from '@tensorflow/tfjs';

export function mobileNet(
  tfjs: typeof tf,
  options?: { size?: number; classes?: number; width?: number; normalization?: () => tf.layers.Layer },
): tf.LayersModel;
