import * as tf from '@tensorflow/tfjs';

/**
 * Has tfjs convolve on webgpu by unfolded images, and multiply matrices without barriers. On a software renderer its own choice takes
 * about five times as long, most of it in the first convolution. Call it after the backend has started.
 */
export function avoidBarriers(): void {
  tf.env().set('WEBGPU_CONV_SEPARATE_IM2COL_SHADER', true);
  // MatMulSmallOutputSizeProgram.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 2);
}
