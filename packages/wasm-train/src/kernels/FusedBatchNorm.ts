/**
 * y = (x - mean) / sqrt(variance + epsilon) * scale + offset, with given statistics.
 *
 * tfjs's kernel serves statistics of shape [channels] and of x's own shape. Every other shape that broadcasts, [1, C, 1, 1] say (what
 * tf.layers' batch normalization has for an axis before the last), it reads as if it were one of the two: those are composed of
 * elementwise kernels here, and so is x of int32 or bool, which tfjs reads as float32; its y is float32.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { areFloat32, type KernelArguments, type KernelResult } from '../kernel.js';

function fusedBatchNorm(args: KernelArguments): KernelResult {
  const inputs = args.inputs as Partial<Record<keyof tf.FusedBatchNormInputs, tf.Tensor>>;
  const [x, mean, variance] = [inputs.x!, inputs.mean!, inputs.variance!];
  // tfjs's tape takes these inputs as they are after the call, and cannot record one that is missing.
  inputs.scale ??= tf.ones(mean.shape);
  inputs.offset ??= tf.zeros(mean.shape);
  const { scale, offset } = inputs;
  const isServed =
    areFloat32(x, mean, variance, scale, offset) &&
    [mean, variance, scale, offset].every(
      ({ shape }) => shape.length === 1 || tf.util.arraysEqual(shape, x.shape),
    );
  if (isServed) return runOriginal(tf.FusedBatchNorm, args);
  const { varianceEpsilon } = args.attrs as unknown as tf.FusedBatchNormAttrs;
  return tf.tidy(() => {
    const factor = tf.mul(tf.rsqrt(tf.add(variance, varianceEpsilon)), scale);
    return tf.add(tf.mul(tf.sub(tf.cast(x, 'float32'), mean), factor), offset);
  });
}

export const fusedBatchNormConfig: tf.KernelConfig = {
  kernelName: tf.FusedBatchNorm,
  backendName: 'wasm',
  kernelFunc: fusedBatchNorm,
};
