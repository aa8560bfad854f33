/** Softmax, batch normalization with given statistics, local response normalization. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray, flatIndex, forEachIndex } from './array.js';
import { defineKernel } from './backend.js';
import { broadcastStrides } from './binary.js';

defineKernel<tf.SoftmaxAttrs>(tf.Softmax, ({ logits }) => {
  const length = logits!.shape.at(-1)!;
  const y = array(logits!.shape);
  for (let row = 0; row < y.data.length; row += length) {
    const values = logits!.data.subarray(row, row + length);
    const largest = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - largest));
    const total = powers.reduce((a, b) => a + b, 0);
    y.data.set(
      powers.map((power) => power / total),
      row,
    );
  }
  return y;
});

/** y = (x - mean) / sqrt(variance + epsilon) * scale + offset, all of them broadcast to x. */
defineKernel<tf.FusedBatchNormAttrs>(tf.FusedBatchNorm, (inputs, { varianceEpsilon }) => {
  const x = inputs.x!;
  const y = array(x.shape);
  const reader = (values: Float64NdArray | undefined, otherwise: number) => {
    if (values === undefined) return () => otherwise;
    const strides = broadcastStrides(values, x.shape);
    return (index: number[]) => values.data[flatIndex(index, strides)]!;
  };
  const mean = reader(inputs.mean, 0);
  const variance = reader(inputs.variance, 1);
  const scale = reader(inputs.scale, 1);
  const offset = reader(inputs.offset, 0);
  forEachIndex(x.shape, (index, flat) => {
    const normalized = (x.data[flat]! - mean(index)) / Math.sqrt(variance(index) + varianceEpsilon);
    y.data[flat] = normalized * scale(index) + offset(index);
  });
  return y;
});

/** y = x / (bias + alpha * sum of x^2 over the channels up to depthRadius away)^beta */
function localResponseScales(x: Float64NdArray, { depthRadius, bias, alpha }: tf.LRNAttrs): Float64Array {
  const channels = x.shape.at(-1)!;
  return x.data.map((_, flat) => {
    const c = flat % channels;
    let sum = 0;
    for (let k = Math.max(0, c - depthRadius); k <= Math.min(channels - 1, c + depthRadius); ++k) {
      sum += x.data[flat - c + k]! ** 2;
    }
    return bias + alpha * sum;
  });
}

defineKernel<tf.LRNAttrs>(tf.LRN, ({ x }, attributes) => {
  const scales = localResponseScales(x!, attributes);
  return array(
    x!.shape,
    x!.data.map((value, i) => value * scales[i]! ** -attributes.beta),
  );
});

/** dx_k = dy_k s_k^-beta - 2 alpha beta x_k sum over its neighbours c of dy_c x_c s_c^(-beta-1) */
defineKernel<tf.LRNGradAttrs>(tf.LRNGrad, ({ x, dy }, attributes) => {
  const { depthRadius, alpha, beta } = attributes;
  const scales = localResponseScales(x!, attributes);
  const channels = x!.shape.at(-1)!;
  const dx = x!.data.map((value, flat) => {
    const c = flat % channels;
    let sum = 0;
    for (let k = Math.max(0, c - depthRadius); k <= Math.min(channels - 1, c + depthRadius); ++k) {
      const at = flat - c + k;
      sum += dy!.data[at]! * x!.data[at]! * scales[at]! ** (-beta - 1);
    }
    return dy!.data[flat]! * scales[flat]! ** -beta - 2 * alpha * beta * value * sum;
  });
  return array(x!.shape, dx);
});
