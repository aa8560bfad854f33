/**
 * y[n][i][j][k][c] = largest x[n][d][h][w][c] in the window of (i, j, k), NaN if there is one, padding not counted.
 *
 * x [batch, depth, height, width, channels], float32 or int32. The largest of every slice, then of the slices, or the other way
 * round: reads x once per window of the first that covers it, writes the first's largest and y once. tfjs's kernel takes the least
 * positive float for the least of all, and so gives it for windows of negative numbers.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { areNumbers, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { computePooling, type VolumePoolingAttributes, volumePooling } from '../volumePooling.js';

function maxPool3D(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.MaxPool3DInputs>;
  if (!areNumbers(x)) return runOriginal(tf.MaxPool3D, args);
  const backend = args.backend as BackendWasm;
  const pooling = volumePooling(tf.MaxPool3D, x.shape, args.attrs as unknown as VolumePoolingAttributes);
  const isInteger = x.dtype === 'int32';
  const kernel = isInteger ? 'maxPoolIntegers' : 'maxPool';
  const result = { shape: pooling.outShape, dtype: isInteger ? 'int32' : 'float32' } as const;
  return computePooling(backend, result, pooling, 1, 1, (executor, largest) => {
    const { first, second } = pooling;
    executor.range(kernel, { x: pointerOf(backend, x), y: largest!, ...first }, first.batch);
    executor.range(kernel, { x: largest!, y: executor.output, ...second }, second.batch);
  });
}

export const maxPool3DConfig: tf.KernelConfig = {
  kernelName: tf.MaxPool3D,
  backendName: 'wasm',
  kernelFunc: maxPool3D,
};
