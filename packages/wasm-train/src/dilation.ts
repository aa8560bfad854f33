/** The sizes of a dilation of images by a filter, channels last. */
import * as tf from '@tensorflow/tfjs-core';

export function dilationInfo(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attributes: unknown,
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dilations } = attributes as tf.Dilation2DAttrs;
  return tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
}
