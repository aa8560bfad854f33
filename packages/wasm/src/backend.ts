/** The backend contract on tfjs's wasm heap: find pointers, execute the view's plan as a task. */
import { type NormalizationBackend, type NormalizationView, statisticsShape } from '@bn/core';
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Call } from './generated/calls.js';
import { library, type Operation } from './kernels.js';
import { planOf } from './plans.js';

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
  const plan = planOf(operation, view, library.kernels(backend));
  const call = callOf(view, epsilon);
  for (const name of namesOf(inputs)) call[name] = pointerOf(backend, inputs[name]);
  const names = namesOf(shapes);
  const infos = library.run(backend, {
    outputs: names.map((name) => shapes[name]!),
    floats: batch * outer * channels * inner,
    scratch: () => ({ shared: plan.sharedBytes, own: plan.threadBytes }),
    run(executor) {
      names.forEach((name, i) => {
        call[name] = executor.outputs[i]!;
      });
      call.shared = executor.shared;
      for (const step of plan.steps) {
        if ('items' in step) executor.range(step.kernel, call, step.items);
        else executor.call(step.kernel, call);
      }
    },
  });
  return Object.fromEntries(names.map((name, i) => [name, infos[i]])) as { [K in keyof S]: tf.TensorInfo };
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
    const length = tf.util.sizeFromShape(average.shape);
    const [result] = library.run(backend, {
      outputs: [average.shape],
      floats: length,
      run({ call, outputs: [pointer] }) {
        call('movingAverage', {
          average: pointerOf(backend, average),
          value: pointerOf(backend, value),
          result: pointer!,
          length,
          keep,
          weight,
        });
      },
    });
    return result;
  },
};
