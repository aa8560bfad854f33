/** Gradients in the place of tfjs's, on every backend: those that tfjs has wrong, refuses or lacks. */
import type * as tf from '@tensorflow/tfjs-core';
import { batchMatMulGradient } from './BatchMatMul.js';
import { cropAndResizeGradient } from './CropAndResize.js';
import { cumprodGradient } from './Cumprod.js';
import { cumsumGradient } from './Cumsum.js';
import { maximumGradient, minimumGradient } from './extremes.js';
import { fusedBatchNormGradient } from './FusedBatchNorm.js';
import { mirrorPadGradient } from './MirrorPad.js';
import { powGradient } from './Pow.js';
import { prodGradient } from './Prod.js';
import { resizeBilinearGradient, resizeNearestNeighborGradient } from './resizing.js';
import { squaredDifferenceGradient } from './SquaredDifference.js';
import { stepGradients } from './steps.js';
import { tileGradient } from './Tile.js';

export const corrections: readonly tf.GradConfig[] = [
  batchMatMulGradient,
  cropAndResizeGradient,
  cumprodGradient,
  cumsumGradient,
  fusedBatchNormGradient,
  maximumGradient,
  minimumGradient,
  mirrorPadGradient,
  powGradient,
  prodGradient,
  resizeBilinearGradient,
  resizeNearestNeighborGradient,
  squaredDifferenceGradient,
  ...stepGradients,
  tileGradient,
];
