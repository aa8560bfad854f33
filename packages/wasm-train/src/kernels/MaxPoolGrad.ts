/**
 * dx[n][h][w][c] = sum of dy[n][i][j][c] over the windows of which (h, w) is the first largest pixel
 *
 * input [batch, height, width, channels] and dy [batch, outHeight, outWidth, channels], float32; dx has the input's
 * shape. Reads the input and dy once per window, writes dx as zeros and then once per window that covers it.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

/** A pixel is compared before it is written: four times the time of a pass that only reads. */
const PASSES = 4;

function maxPoolGrad(args: KernelArguments): KernelResult {
  const { dy, input } = args.inputs as Inputs<tf.MaxPoolGradInputs>;
  if (!areFloat32(dy, input)) return runOriginal(tf.MaxPoolGrad, args);
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as PoolingAttributes;
  const { pooling, floats } = poolingGeometry(tf.MaxPoolGrad, input.shape, attributes, [
    dy.shape[1]!,
    dy.shape[2]!,
  ]);
  return compute(backend, {
    shape: input.shape,
    floats: PASSES * floats,
    run({ output, range }) {
      const call = { x: pointerOf(backend, input), dy: pointerOf(backend, dy), dx: output, ...pooling };
      range('maxPoolGrad', call, pooling.batch);
    },
  });
}

export const maxPoolGradConfig: tf.KernelConfig = {
  kernelName: tf.MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc: maxPoolGrad,
};
