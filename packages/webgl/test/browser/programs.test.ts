/** How many programs the GPU keeps: as many as there are kinds of layouts, however many sizes there are. */
import { layerNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { beforeAll, expect, test } from 'vitest';
import '../../src/index.js';
import { countGpu } from './gpu.js';

beforeAll(() => useBackend('webgl'));

/** Has tfjs put a tensor on the GPU as it does for its own unpacked programs. */
const uploadUnpacked = (tensor: tf.Tensor): void =>
  void (tf.backend() as MathBackendWebGL).uploadToGPU(tensor.dataId);

/** Programs that layerNorm compiles with its gradients, at sizes that are new in each of the rounds. */
function programsOfRounds(rounds: number, start: number, prepare: (gamma: tf.Tensor) => void): number[] {
  return Array.from({ length: rounds }, (_, round) =>
    tf.tidy(() => {
      const features = start + 8 * round;
      const x = tf.randomNormal([6 + 2 * round, features], 0, 1, 'float32', 1);
      const [gamma, beta] = [tf.ones([features]), tf.zeros([features])];
      const dy = tf.ones(x.shape);
      prepare(gamma);
      prepare(beta);
      const gradients = tf.grads((x, gamma, beta) =>
        layerNorm(x!, { normalizedShape: features, gamma: gamma!, beta: beta! }),
      );
      return countGpu(() => gradients([x, gamma, beta], dy)).programs;
    }),
  );
}

test.each([
  ['that are uploaded for it', 18, () => {}],
  ['that tfjs has unpacked', 20, uploadUnpacked],
] as const)('layerNorm of parameters %s compiles nothing for a new size', (_, start, prepare) => {
  const [first, ...others] = programsOfRounds(12, start, prepare);
  expect(first).toBeGreaterThan(0);
  expect(others).toEqual(others.map(() => 0));
});
