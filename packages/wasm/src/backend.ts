/** The backend contract on tfjs's wasm heap: allocate outputs and scratch space, find pointers, execute the view's plan. */
import { type NormalizationBackend, type NormalizationView, statisticsShape } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { oneThread } from './executor.js';
import { CALL_BYTES, type Call, writeCall } from './generated/call.js';
import { allocateOutputs, pointerOf, withScratch } from './heap.js';
import { kernelsOf, memoryOf, type Operation } from './kernels.js';
import { planOf } from './plans.js';
import { afterFailure, threadsFor } from './threads/active.js';
import { viewsOf } from './views.js';

/** Bytes of two cache lines, which processors fetch together. */
const CACHE_LINES = 128;
/** Bytes of a call, which begins the scratch space. */
const RECORD_BYTES = Math.ceil(CALL_BYTES / CACHE_LINES) * CACHE_LINES;

/** The fields of a call that point to tensors. */
type TensorName = Exclude<keyof Call, 'epsilon' | 'shared' | 'centered' | keyof NormalizationView>;
type Inputs = Partial<Record<TensorName, tf.TensorInfo | undefined>>;
type Shapes = Partial<Record<TensorName, readonly number[]>>;

/**
 * Runs one operation on the current backend; tensors go by the names of their fields in the call. Outputs of these shapes are
 * left, or nothing.
 */
function run<const S extends Shapes>(
  operation: Operation,
  inputs: Inputs,
  shapes: S,
  view: NormalizationView,
  epsilon = 0,
): { [K in keyof S]: tf.TensorInfo } {
  const backend = tf.engine().backend as BackendWasm;
  const { batch, outer, channels, inner } = view;
  const pool = threadsFor(backend, batch * outer * channels * inner);
  const kernels = kernelsOf(backend);
  const plan = planOf(operation, view, kernels);
  const call = callOf(view, epsilon);
  for (const name of namesOf(inputs)) call[name] = pointerOf(backend, inputs[name]);
  const sharedBytes = roundUp(plan.sharedBytes);
  const threadBytes = roundUp(plan.threadBytes);
  const discard = (free: () => void) => (pool ? afterFailure(pool, free) : free());
  const execute = (record: number) => {
    const names = namesOf(shapes);
    const outputs = allocateOutputs(
      backend,
      names.map((name) => shapes[name]!),
    );
    const infos: Partial<Record<TensorName, tf.TensorInfo>> = {};
    names.forEach((name, i) => {
      call[name] = outputs[i]!.pointer;
      infos[name] = outputs[i]!.info;
    });
    call.shared = record + RECORD_BYTES;
    const { integers, doubles } = viewsOf(memoryOf(backend));
    writeCall(integers, doubles, record, call);
    const scratch = call.shared + sharedBytes;
    const executor = pool ? pool.executor(scratch, threadBytes) : oneThread(kernels, scratch);
    try {
      for (const step of plan.steps) {
        if ('items' in step) executor.range(step.kernel, [record], step.items);
        else executor.alone(step.kernel, [record]);
      }
    } catch (error) {
      for (const { info } of outputs) discard(() => backend.disposeData(info.dataId as tf.DataId));
      throw error;
    }
    return infos as { [K in keyof S]: tf.TensorInfo };
  };
  const bytes = RECORD_BYTES + sharedBytes + threadBytes * (pool?.size ?? 1);
  // Scratch space first: once there are outputs, only a worker that crashes can make them useless.
  return withScratch(backend, bytes, execute, discard);
}

const namesOf = (record: object): TensorName[] => Object.keys(record) as TensorName[];

/** A call without tensors. */
function callOf(view: NormalizationView, epsilon: number): Call {
  const { batch, outer, channels, inner, groups, centered } = view;
  return {
    epsilon,
    dy: 0,
    x: 0,
    y: 0,
    dx: 0,
    mean: 0,
    variance: 0,
    gamma: 0,
    beta: 0,
    dGamma: 0,
    dBeta: 0,
    sumDy: 0,
    sumDyXhat: 0,
    shared: 0,
    batch,
    outer,
    channels,
    inner,
    groups,
    centered: Number(centered),
  };
}

/** Threads whose scratch spaces share a cache line slow each other down. */
const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINES) * CACHE_LINES;

/** Kernels for the tfjs backend 'wasm'. */
export const wasmBackend: NormalizationBackend = {
  name: 'wasm',

  moments(x, view) {
    const shape = statisticsShape(view);
    return run('Moments', { x }, { mean: shape, variance: shape }, view);
  },

  normalize(x, mean, variance, gamma, beta, view, epsilon) {
    return run('Normalize', { x, mean, variance, gamma, beta }, { y: x.shape }, view, epsilon).y;
  },

  forward(x, gamma, beta, view, epsilon) {
    const shape = statisticsShape(view);
    return run('Forward', { x, gamma, beta }, { y: x.shape, mean: shape, variance: shape }, view, epsilon);
  },

  gradientSums(dy, x, mean, variance, gamma, view, epsilon) {
    const statistic = statisticsShape(view);
    const channel = [view.channels];
    const shapes = { dGamma: channel, dBeta: channel, sumDy: statistic, sumDyXhat: statistic };
    return run('GradientSums', { dy, x, mean, variance, gamma }, shapes, view, epsilon);
  },

  inputGradient(dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) {
    const inputs = { dy, x, mean, variance, gamma, sumDy, sumDyXhat };
    return run('InputGradient', inputs, { dx: x.shape }, view, epsilon).dx;
  },

  backward(dy, x, mean, variance, gamma, view, epsilon) {
    const channel = [view.channels];
    const shapes = { dx: x.shape, dGamma: channel, dBeta: channel };
    return run('Backward', { dy, x, mean, variance, gamma }, shapes, view, epsilon);
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
