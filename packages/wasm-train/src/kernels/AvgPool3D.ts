/**
 * y[n][i][j][k][c] = mean of x[n][d][h][w][c] over the window of (i, j, k), padding not counted.
 *
 * x [batch, depth, height, width, channels], float32. The mean of every slice, then the mean of the slices, or the other way
 * round: reads x once per window of the first that covers it, writes the first's means and y once.
 */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';
import { computePooling, type VolumePoolingAttributes, volumePooling } from '../volumePooling.js';

function avgPool3D(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.AvgPool3DInputs>;
  const backend = args.backend as BackendWasm;
  const pooling = volumePooling(tf.AvgPool3D, x.shape, args.attrs as unknown as VolumePoolingAttributes);
  return computePooling(backend, { shape: pooling.outShape }, pooling, 1, 1, (executor, means) => {
    const { first, second } = pooling;
    executor.range('avgPool', { x: pointerOf(backend, x), y: means!, ...first }, first.batch);
    executor.range('avgPool', { x: means!, y: executor.output, ...second }, second.batch);
  });
}

export const avgPool3DConfig: tf.KernelConfig = {
  kernelName: tf.AvgPool3D,
  backendName: 'wasm',
  kernelFunc: avgPool3D,
};
