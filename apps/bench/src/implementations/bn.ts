/** Ours: the functions and layers of @bn/core. */
import {
  BatchNorm,
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
} from '@bn/core';
import type * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { epsilon, groupCount as numGroups } from '../grid/operations.js';
import { lenetStep } from './lenet.js';
import { channelParameters, type Library, type Model } from './tfjs.js';

export const bn: Library = {
  model: (task) => (task.operation === 'batchNormLayer' ? layer(task) : functions(task)),
  lenet: lenetStep,
};

function functions(task: Case): Model {
  const { gamma, beta, mean, variance, dispose } = channelParameters(task);
  const affine = { gamma, beta, epsilon };
  const format = task.dataFormat ? { dataFormat: task.dataFormat } : {};
  if (task.operation === 'batchNorm') {
    return {
      parameters: [gamma, beta],
      forward: (x) => batchNorm(x, { ...affine, ...format }).y,
      inference: (x) => batchNormInference(x, { ...affine, ...format, mean, variance }),
      dispose,
    };
  }
  const normalizedShape = task.shape.at(-1)!;
  const withinSample: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    layerNorm: (x) => layerNorm(x, { ...affine, normalizedShape }),
    rmsNorm: (x) => rmsNorm(x, { gamma, epsilon, normalizedShape }),
    groupNorm: (x) => groupNorm(x, { ...affine, ...format, numGroups }),
    instanceNorm: (x) => instanceNorm(x, { ...affine, ...format }),
  };
  const forward = withinSample[task.operation]!;
  const parameters = task.operation === 'rmsNorm' ? [gamma] : [gamma, beta];
  return { parameters, forward, inference: forward, dispose };
}

function layer({ shape, dataFormat }: Case): Model {
  const norm = new BatchNorm({ numFeatures: shape[1]!, epsilon, ...(dataFormat ? { dataFormat } : {}) });
  return {
    parameters: norm.trainableWeights,
    forward: (x) => norm.apply(x, { training: true }),
    inference: (x) => norm.apply(x, { training: false }),
    dispose: () => norm.dispose(),
  };
}
