/** All experiments, in the order in which the report tells of them. */
import { activations } from './activations.js';
import { channelMoments } from './channelMoments.js';
import { classGradients } from './classGradients.js';
import { covariateShift } from './covariateShift.js';
import { dropout } from './dropout.js';
import type { Experiment } from './experiment.js';
import { gradientsAtInit } from './gradientsAtInit.js';
import { initialization } from './initialization.js';
import { interpolation } from './interpolation.js';
import { learningRates } from './learningRates.js';
import { lossLandscape } from './lossLandscape.js';
import { lpNorms } from './lpNorms.js';
import { noisyBatchNorm } from './noisyBatchNorm.js';
import { relativeLoss } from './relativeLoss.js';
import { sgdNoise } from './sgdNoise.js';
import { trainAndTest } from './trainAndTest.js';
import { zscore } from './zscore.js';

export const experiments: readonly Experiment[] = [
  zscore,
  learningRates,
  initialization,
  activations,
  noisyBatchNorm,
  covariateShift,
  lossLandscape,
  lpNorms,
  gradientsAtInit,
  relativeLoss,
  channelMoments,
  classGradients,
  sgdNoise,
  interpolation,
  dropout,
  trainAndTest,
];

export const experimentIds: readonly string[] = experiments.map(({ id }) => id);
