/**
 * dx[n][d][h][w][c] = sum of dy[n][i][j][k][c] over the windows of which (d, h, w) is the first largest pixel
 *
 * input [batch, depth, height, width, channels] and dy [batch, outDepth, outHeight, outWidth, channels], float32; dx has the
 * input's shape. The first largest pixel lies in the first slice whose largest is largest: dy goes to that slice, and then to
 * its pixel. Reads the input twice and dy once per window, writes dx as zeros and then once per window that covers it.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';
import { computePooling, type VolumePoolingAttributes, volumePooling } from '../volumePooling.js';

const NAME = tf.MaxPool3DGrad;
/** A pixel is compared before it is written: four times the time of a pass that only reads, and one for the slices' largest. */
const PASSES = 5;

function maxPool3DGrad(args: KernelArguments): KernelResult {
  const { dy, input } = args.inputs as Inputs<tf.MaxPool3DGradInputs>;
  if (!areFloat32(dy, input)) return runOriginal(NAME, args);
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as VolumePoolingAttributes;
  const pooling = volumePooling(NAME, input.shape, attributes, dy.shape.slice(1, 4), 'slices first');
  return computePooling(
    backend,
    { shape: input.shape },
    pooling,
    2,
    PASSES,
    (executor, between, dBetween) => {
      const { first: slices, second: depth } = pooling;
      const [largest, dLargest] = [between!, dBetween!];
      const x = pointerOf(backend, input);
      executor.range('maxPool', { x, y: largest, ...slices }, slices.batch);
      const ofDepth = { x: largest, dy: pointerOf(backend, dy), dx: dLargest, ...depth };
      executor.range('maxPoolGrad', ofDepth, depth.batch);
      executor.range('maxPoolGrad', { x, dy: dLargest, dx: executor.output, ...slices }, slices.batch);
    },
  );
}

export const maxPool3DGradConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: maxPool3DGrad,
};
