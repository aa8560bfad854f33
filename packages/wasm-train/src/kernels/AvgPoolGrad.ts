/**
 * dx[n][h][w][c] = sum of dy[n][i][j][c] / (pixels in the window of (i, j)) over the windows that cover (h, w)
 *
 * dy [batch, outHeight, outWidth, channels], float32; dx has the input's shape. Reads dy once, writes dx once per window that
 * covers it, and as zeros before if not every pixel is in just one window.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

function avgPoolGrad(args: KernelArguments): KernelResult {
  const { dy, input } = args.inputs as Inputs<tf.AvgPoolGradInputs>;
  if (!areFloat32(dy, input)) return runOriginal(tf.AvgPoolGrad, args);
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as PoolingAttributes;
  const { pooling, floats } = poolingGeometry(tf.AvgPoolGrad, input.shape, attributes, [
    dy.shape[1]!,
    dy.shape[2]!,
  ]);
  return compute(backend, {
    shape: input.shape,
    floats,
    run: ({ output, range }) =>
      range('avgPoolGrad', { dy: pointerOf(backend, dy), dx: output, ...pooling }, pooling.batch),
  });
}

export const avgPoolGradConfig: tf.KernelConfig = {
  kernelName: tf.AvgPoolGrad,
  backendName: 'wasm',
  kernelFunc: avgPoolGrad,
};
