/** The peer that is us: @bn/core on tfjs's wasm backend with @bn/wasm, one thread. */
import * as tf from '@tensorflow/tfjs';
import '@bn/wasm';
import { BatchNorm, batchNorm, batchNormInference, groupNorm, layerNorm, useBackend } from '@bn/core';
import { type Prepared, serve } from '../measure.js';
import { NUM_GROUPS, type Task } from '../protocol.js';
import { type Implementation, prepare } from '../tasks.js';

function training({ operation, shape }: Task): ReturnType<Implementation['training']> {
  if (operation === 'batchNorm') return (x, gamma, beta) => batchNorm(x, { gamma, beta }).y;
  if (operation === 'groupNorm')
    return (x, gamma, beta) => groupNorm(x, { gamma, beta, numGroups: NUM_GROUPS });
  const normalizedShape = shape[shape.length - 1]!;
  return (x, gamma, beta) => layerNorm(x, { gamma, beta, normalizedShape });
}

const implementation: Implementation = {
  training,
  inference(task) {
    if (task.operation === 'batchNorm') {
      return (x, mean, variance, gamma, beta) => batchNormInference(x, { mean, variance, gamma, beta });
    }
    const normalize = training(task);
    return (x, _mean, _variance, gamma, beta) => normalize(x, gamma, beta);
  },
};

/** Gradients in x and in the layer's own gamma and beta. */
function prepareLayer({ shape }: Task): Prepared {
  const layer = new BatchNorm({ numFeatures: shape[1]! });
  const x = tf.randomNormal([...shape], 0.5, 2);
  const dy = tf.randomNormal([...shape]);
  const gradients = tf.grads(() => layer.apply(x, { training: true }));
  return {
    run: () => tf.tidy(() => void gradients([x, ...layer.trainableWeights], dy)),
    dispose() {
      layer.dispose();
      tf.dispose([x, dy]);
    },
  };
}

await useBackend('wasm');
await serve((task) =>
  task.operation === 'batchNormLayer' ? prepareLayer(task) : prepare(task, implementation),
);
