/** The backend contract in tfjs's own ops, for a tfjs backend that no package has kernels for, or whose package is not imported. */
import * as tf from '@tensorflow/tfjs-core';
import type { NormalizationBackend } from '../backend.js';
import {
  composedGradientSums,
  composedInputGradient,
  composedMoments,
  composedNormalize,
} from './composed.js';

/** Every op reads and writes memory: moments read it six times and write it three times, normalize four times each. */
export const composedBackend = (name: string): NormalizationBackend => ({
  name,

  moments: (x, view) =>
    tf.tidy(() => {
      const [mean, variance] = composedMoments(x, view);
      return { mean, variance };
    }),

  normalize: (...args) => tf.tidy(() => composedNormalize(...args)),

  gradientSums: (...args) =>
    tf.tidy(() => {
      const [dGamma, dBeta, sumDy, sumDyXhat] = composedGradientSums(...args);
      return { dGamma, dBeta, sumDy, sumDyXhat };
    }),

  inputGradient: (dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) =>
    tf.tidy(() => composedInputGradient(dy, x, mean, variance, gamma, sumDy, sumDyXhat, view, epsilon)),
});
