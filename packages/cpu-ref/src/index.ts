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
import { movingAverage } from './movingAverage.js';
import { normalize } from './normalize.js';

/** Kernels for the tfjs backend 'cpu'; the fused passes are left to core to compose. */
export const cpuReferenceBackend: NormalizationBackend = {
  name: 'cpu',
  moments,
  normalize,
  gradientSums,
  inputGradient,
  movingAverage,
};

registerBackend(cpuReferenceBackend);
