/**
 * The reference backend: every formula in plain TypeScript with float64 accumulation, on tfjs's cpu backend. Importing
 * it registers the kernels.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-cpu';
import { type NormalizationBackend, registerBackend } from '@bn/core';
import { gradientSums } from './gradientSums.js';
import { inputGradient } from './inputGradient.js';
import { moments } from './moments.js';
import { normalize } from './normalize.js';

/** Kernels for the tfjs backend 'cpu'; training and inference are composed of the four. */
export const cpuReferenceBackend: NormalizationBackend = {
  name: 'cpu',
  moments,
  normalize,
  gradientSums,
  inputGradient,
};

registerBackend(cpuReferenceBackend);
