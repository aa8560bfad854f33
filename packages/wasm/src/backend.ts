/** The backend contract on tfjs's wasm heap: allocate outputs, find pointers, call the kernel of the view's family. */
import { type NormalizationBackend, type NormalizationView, statisticsShape } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocateOutputs, pointerOf, withScratch } from './heap.js';
import { kernelsOf, type Operation } from './kernels.js';
import { pathOf } from './paths.js';

type Inputs = readonly (tf.TensorInfo | undefined)[];

/** Runs one operation: inputs, then outputs of these shapes, then sizes, epsilon, range and scratch. */
function run<const Shapes extends readonly (readonly number[])[]>(
  operation: Operation,
  inputs: Inputs,
  shapes: Shapes,
  view: NormalizationView,
  epsilon?: number,
): { [K in keyof Shapes]: tf.TensorInfo } {
  const backend = tf.engine().backend as BackendWasm;
  const kernels = kernelsOf(backend);
  const { family, sizes, range, scratchBytes } = pathOf(view, kernels);
  const kernel = kernels[`${family}${operation}`];
  const inputPointers = inputs.map((input) => pointerOf(backend, input));
  // Scratch space first: once there are outputs, nothing can fail any more.
  return withScratch(backend, scratchBytes, (scratch) => {
    const outputs = allocateOutputs(backend, shapes);
    kernel(
      ...inputPointers,
      ...outputs.map(({ pointer }) => pointer),
      ...sizes,
      ...(epsilon === undefined ? [] : [epsilon]),
      ...range,
      scratch,
    );
    return outputs.map(({ info }) => info) as { [K in keyof Shapes]: tf.TensorInfo };
  });
}

/** Kernels for the tfjs backend 'wasm'. */
export const wasmBackend: NormalizationBackend = {
  name: 'wasm',

  moments(x, view) {
    const shape = statisticsShape(view);
    const [mean, variance] = run('Moments', [x], [shape, shape], view);
    return { mean, variance };
  },

  normalize(x, mean, variance, gamma, beta, view, epsilon) {
    const [y] = run('Normalize', [x, mean, variance, gamma, beta], [x.shape], view, epsilon);
    return y;
  },

  forward(x, gamma, beta, view, epsilon) {
    const shape = statisticsShape(view);
    const [y, mean, variance] = run('Forward', [x, gamma, beta], [x.shape, shape, shape], view, epsilon);
    return { y, mean, variance };
  },

  gradientSums(dy, x, mean, variance, gamma, view, epsilon) {
    const shapes = [[view.channels], [view.channels], statisticsShape(view), statisticsShape(view)] as const;
    const inputs = [dy, x, mean, variance, gamma];
    const [dGamma, dBeta, sumDy, sumDyXhat] = run('GradientSums', inputs, shapes, view, epsilon);
    return { dGamma, dBeta, sumDy, sumDyXhat };
  },

  inputGradient(dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) {
    const inputs = [dy, x, mean, variance, gamma, sumDy, sumDyXhat];
    const [dx] = run('InputGradient', inputs, [x.shape], view, epsilon);
    return dx;
  },

  backward(dy, x, mean, variance, gamma, view, epsilon) {
    const shapes = [x.shape, [view.channels], [view.channels]] as const;
    const [dx, dGamma, dBeta] = run('Backward', [dy, x, mean, variance, gamma], shapes, view, epsilon);
    return { dx, dGamma, dBeta };
  },

  movingAverage(average, value, keep, weight) {
    const backend = tf.engine().backend as BackendWasm;
    const pointers = [pointerOf(backend, average), pointerOf(backend, value)] as const;
    const [result] = allocateOutputs(backend, [average.shape]);
    const length = tf.util.sizeFromShape(average.shape);
    kernelsOf(backend).movingAverage(...pointers, result.pointer, length, keep, weight);
    return result.info;
  },
};
