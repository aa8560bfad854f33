/** The backend contract on tfjs's wasm heap: allocate outputs and scratch space, find pointers, execute the view's plan. */
import { type NormalizationBackend, type NormalizationView, statisticsShape } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { oneThread } from './executor.js';
import { allocateOutputs, pointerOf, withScratch } from './heap.js';
import { kernelsOf, type Operation } from './kernels.js';
import { planOf } from './plans.js';
import { afterFailure, threadsFor } from './threads/active.js';

/** Bytes of two cache lines, which processors fetch together. */
const CACHE_LINES = 128;

type Inputs = readonly (tf.TensorInfo | undefined)[];

/** Runs one operation on the current backend. Outputs of these shapes are left, or nothing. */
function run<const Shapes extends readonly (readonly number[])[]>(
  operation: Operation,
  inputs: Inputs,
  shapes: Shapes,
  view: NormalizationView,
  epsilon?: number,
): { [K in keyof Shapes]: tf.TensorInfo } {
  const backend = tf.engine().backend as BackendWasm;
  const { batch, outer, channels, inner } = view;
  const pool = threadsFor(backend, batch * outer * channels * inner);
  const kernels = kernelsOf(backend);
  const plan = planOf(operation, view, epsilon, kernels);
  const inputPointers = inputs.map((input) => pointerOf(backend, input));
  const sharedBytes = roundUp(plan.sharedBytes);
  const threadBytes = roundUp(plan.threadBytes);
  const discard = (free: () => void) => (pool ? afterFailure(pool, free) : free());
  const execute = (shared: number) => {
    const outputs = allocateOutputs(backend, shapes);
    const scratch = shared + sharedBytes;
    const executor = pool ? pool.executor(scratch, threadBytes) : oneThread(kernels, scratch);
    const outputPointers = outputs.map(({ pointer }) => pointer);
    const infos = outputs.map(({ info }) => info) as { [K in keyof Shapes]: tf.TensorInfo };
    try {
      plan.execute(executor, { inputs: inputPointers, outputs: outputPointers, shared });
    } catch (error) {
      for (const { dataId } of infos) discard(() => backend.disposeData(dataId as tf.DataId));
      throw error;
    }
    return infos;
  };
  // Scratch space first: once there are outputs, only a worker that crashes can make them useless.
  return withScratch(backend, sharedBytes + threadBytes * (pool?.size ?? 1), execute, discard);
}

/** Threads whose scratch spaces share a cache line slow each other down. */
const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINES) * CACHE_LINES;

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
