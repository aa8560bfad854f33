/**
 * y[n][i][j][c] = mean of x[n][h][w][c] over the window of (i, j), padding not counted.
 *
 * x [batch, height, width, channels], float32. Reads x once per window that covers it, writes y once.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, kernels, pointer, withIntegers } from '../backend.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { runOriginal } from '../original.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

function avgPool(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.AvgPoolInputs>;
  if (!areFloat32(x)) return runOriginal(tf.AvgPool, args);
  const backend = args.backend as BackendWasm;
  const { integers, outShape } = poolingGeometry(x.shape, args.attrs as unknown as PoolingAttributes);
  return withIntegers(backend, tf.AvgPool, integers, (pooling) => {
    const y = allocateOutput(backend, tf.AvgPool, outShape);
    kernels(backend).avgPool(pooling, pointer(backend, x), pointer(backend, y));
    return y;
  });
}

export const avgPoolConfig: tf.KernelConfig = {
  kernelName: tf.AvgPool,
  backendName: 'wasm',
  kernelFunc: avgPool,
};
