/**
 * dx[n][d][h][w][c] = sum of dy[n][i][j][k][c] / (pixels in the window of (i, j, k)) over the windows that cover (d, h, w)
 *
 * dy [batch, outDepth, outHeight, outWidth, channels], float32; dx has the input's shape. The gradient of the second of the
 * two means, then that of the first: reads dy once, writes dx as zeros and then once per window of the first that covers it.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { computePooling, type VolumePoolingAttributes, volumePooling } from '../volumePooling.js';

const NAME = tf.AvgPool3DGrad;

function avgPool3DGrad(args: KernelArguments): KernelResult {
  const { dy, input } = args.inputs as Inputs<tf.AvgPool3DGradInputs>;
  if (!areFloat32(dy, input)) return runOriginal(NAME, args);
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as VolumePoolingAttributes;
  const pooling = volumePooling(NAME, input.shape, attributes, dy.shape.slice(1, 4));
  return computePooling(backend, { shape: input.shape }, pooling, 1, 1, (executor, dMeans) => {
    const { first, second } = pooling;
    executor.range('avgPoolGrad', { dy: pointerOf(backend, dy), dx: dMeans!, ...second }, second.batch);
    executor.range('avgPoolGrad', { dy: dMeans!, dx: executor.output, ...first }, first.batch);
  });
}

export const avgPool3DGradConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: avgPool3DGrad,
};
