/**
 * y[n][i][j][c] = largest x[n][h][w][c] in the window of (i, j), NaN if there is one, padding not counted.
 *
 * x [batch, height, width, channels], float32 or int32 (tfjs's kernel takes float32 only). Reads x once per window that covers it, writes y once.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areNumbers, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

function maxPool(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.MaxPoolInputs>;
  if (!areNumbers(x)) return runOriginal(tf.MaxPool, args);
  const backend = args.backend as BackendWasm;
  const { pooling, outShape, floats } = poolingGeometry(
    tf.MaxPool,
    x.shape,
    args.attrs as unknown as PoolingAttributes,
  );
  const isInteger = x.dtype === 'int32';
  return compute(backend, {
    shape: outShape,
    dtype: isInteger ? 'int32' : 'float32',
    floats,
    run({ output, range }) {
      const call = { x: pointerOf(backend, x), y: output, ...pooling };
      range(isInteger ? 'maxPoolIntegers' : 'maxPool', call, pooling.batch);
    },
  });
}

export const maxPoolConfig: tf.KernelConfig = {
  kernelName: tf.MaxPool,
  backendName: 'wasm',
  kernelFunc: maxPool,
};
