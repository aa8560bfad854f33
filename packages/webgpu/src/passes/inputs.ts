/** Tensors as the shaders read them: float32 on the GPU. */
import * as tf from '@tensorflow/tfjs-core';
import { dispatch } from '../device/dispatch.js';
import type { Scope } from '../device/scope.js';
import { toFloats } from '../programs/toFloats.js';

/** The tensor as float32 on the GPU: tfjs casts integers without changing their data. */
export function floats(scope: Scope, info: tf.TensorInfo): tf.TensorInfo {
  if (scope.backend.tensorMap.get(info.dataId).dtype === 'float32') return info;
  const result = scope.scratch(info.shape);
  const length = tf.util.sizeFromShape(info.shape);
  dispatch(scope, { vector: false, tasks: [toFloats(info, result, length)] });
  return result;
}

export const optionalFloats = (scope: Scope, info: tf.TensorInfo | undefined): tf.TensorInfo | undefined =>
  info && floats(scope, info);
