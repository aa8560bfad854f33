/** Products and convolutions with a bias and an activation in the same kernel. */
import * as tf from '@tensorflow/tfjs-core';
import type { Float64NdArray } from './array.js';
import { defineKernel } from './backend.js';
import { broadcast } from './binary.js';
import { conv2D, depthwiseConv2D } from './convolutions.js';
import { batchMatMul } from './products.js';

interface Fusion {
  activation?: string;
  leakyreluAlpha?: number;
}

function finish(y: Float64NdArray, inputs: Record<string, Float64NdArray>, fusion: Fusion): Float64NdArray {
  const { bias, preluActivationWeights: slopes } = inputs;
  const sum = bias === undefined ? y : broadcast(y, bias, (a, b) => a + b);
  const slope = fusion.leakyreluAlpha ?? 0.2;
  const activations: Record<string, (x: number) => number> = {
    linear: (x) => x,
    relu: (x) => Math.max(0, x),
    relu6: (x) => Math.min(6, Math.max(0, x)),
    elu: (x) => (x >= 0 ? x : Math.expm1(x)),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    leakyrelu: (x) => (x < 0 ? slope * x : x),
  };
  if (fusion.activation === 'prelu') return broadcast(sum, slopes!, (x, alpha) => (x < 0 ? alpha * x : x));
  return { ...sum, data: sum.data.map(activations[fusion.activation ?? 'linear']!) };
}

defineKernel<tf._FusedMatMulAttrs & Fusion>(tf._FusedMatMul, (inputs, attributes) =>
  finish(batchMatMul(inputs.a!, inputs.b!, attributes.transposeA, attributes.transposeB), inputs, attributes),
);
defineKernel<tf.FusedConv2DAttrs & Fusion>(tf.FusedConv2D, (inputs, attributes) =>
  finish(conv2D(inputs.x!, inputs.filter!, attributes as Parameters<typeof conv2D>[2]), inputs, attributes),
);
defineKernel<tf.FusedDepthwiseConv2DAttrs & Fusion>(tf.FusedDepthwiseConv2D, (inputs, attributes) =>
  finish(
    depthwiseConv2D(inputs.x!, inputs.filter!, attributes as Parameters<typeof conv2D>[2]),
    inputs,
    attributes,
  ),
);
