/**
 * y[n][i][j][c] = mean of x[n][h][w][c] over the window of (i, j), padding not counted.
 *
 * x [batch, height, width, channels], float32. Reads x once per window that covers it, writes y once.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

function avgPool(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.AvgPoolInputs>;
  if (!areFloat32(x)) return runOriginal(tf.AvgPool, args);
  const backend = args.backend as BackendWasm;
  const { pooling, outShape, floats } = poolingGeometry(
    tf.AvgPool,
    x.shape,
    args.attrs as unknown as PoolingAttributes,
  );
  return compute(backend, {
    shape: outShape,
    floats,
    run: ({ output, range }) =>
      range('avgPool', { x: pointerOf(backend, x), y: output, ...pooling }, pooling.batch),
  });
}

export const avgPoolConfig: tf.KernelConfig = {
  kernelName: tf.AvgPool,
  backendName: 'wasm',
  kernelFunc: avgPool,
};
