/** The one place that turns operations as data into calls of @bn/core. */
import {
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  type Reducer,
  rmsNorm,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Inputs, type Operation, parameterShape } from './operation.js';

/** Tensors of an operation, by the same names. */
export interface Tensors {
  readonly x: tf.Tensor;
  readonly gamma?: tf.Tensor;
  readonly beta?: tf.Tensor;
  readonly mean?: tf.Tensor;
  readonly variance?: tf.Tensor;
  readonly mask?: tf.Tensor;
}

/** The values as tensors on the current backend; the caller disposes them. */
export function toTensors(operation: Operation, inputs: Omit<Inputs, 'dy'>): Tensors {
  const parameters = parameterShape(operation);
  return {
    x: tf.tensor(inputs.x, [...operation.shape]),
    ...(inputs.gamma && { gamma: tf.tensor(inputs.gamma, parameters) }),
    ...(inputs.beta && { beta: tf.tensor(inputs.beta, parameters) }),
    ...(inputs.mean && { mean: tf.tensor(inputs.mean, parameters) }),
    ...(inputs.variance && { variance: tf.tensor(inputs.variance, parameters) }),
    ...(inputs.mask && { mask: tf.tensor(inputs.mask.values, [...inputs.mask.shape], inputs.mask.dtype) }),
  };
}

/** y; of batchNorm with the statistics of a group, if there is a reducer. */
export function apply(
  operation: Operation,
  { x, gamma, beta, mean, variance, mask }: Tensors,
  reducer?: Reducer,
): tf.Tensor {
  const { op, dataFormat, epsilon } = operation;
  switch (op) {
    case 'batchNorm': {
      const result = batchNorm(x, { gamma, beta, mask, epsilon, dataFormat, reducer });
      tf.dispose([result.mean, result.variance]);
      return result.y;
    }
    case 'batchNormInference':
      return batchNormInference(x, { mean: mean!, variance: variance!, gamma, beta, epsilon, dataFormat });
    case 'groupNorm':
      return groupNorm(x, { numGroups: operation.numGroups!, gamma, beta, epsilon, dataFormat });
    case 'instanceNorm':
      return instanceNorm(x, { gamma, beta, epsilon, dataFormat });
    case 'layerNorm':
      return layerNorm(x, { normalizedShape: operation.normalizedShape!, gamma, beta, epsilon });
    case 'rmsNorm':
      return rmsNorm(x, { normalizedShape: operation.normalizedShape!, gamma, epsilon });
  }
}
