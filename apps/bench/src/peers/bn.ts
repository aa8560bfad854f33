/** The peer that is us: @bn/core on tfjs's wasm backend with @bn/wasm, one thread. */
import '@tensorflow/tfjs';
import '@bn/wasm';
import { batchNorm, batchNormInference, groupNorm, layerNorm, useBackend } from '@bn/core';
import { serve } from '../measure.js';
import { NUM_GROUPS, type Task } from '../protocol.js';
import { type Implementation, prepare } from '../tasks.js';

function training({ operation, shape }: Task): ReturnType<Implementation['training']> {
  if (operation === 'batchNorm') return (x, gamma, beta) => batchNorm(x, { gamma, beta }).y;
  if (operation === 'groupNorm') return (x, gamma, beta) => groupNorm(x, { gamma, beta, numGroups: NUM_GROUPS });
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

await useBackend('wasm');
await serve((task) => prepare(task, implementation));
