/** The backend contract on tfjs's wasm heap: find pointers, execute the view's plan as a task. */
import { type NormalizationBackend, type NormalizationView, statisticsShape } from '@bn/core';
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Call } from './generated/calls.js';
import { library, type Operation } from './kernels.js';
import { planOf } from './plans.js';

/** The results of each operation, by the names of their fields in the call. */
const resultsOf = {
  Moments: ['mean', 'variance'],
  Normalize: ['y'],
  Forward: ['y', 'mean', 'variance'],
  GradientSums: ['dGamma', 'dBeta', 'sumDy', 'sumDyXhat'],
  InputGradient: ['dx'],
  Backward: ['dx', 'dGamma', 'dBeta'],
} as const satisfies Record<Operation, readonly (keyof Call)[]>;

type Infos<Names extends readonly string[]> = { [Index in keyof Names]: tf.TensorInfo };
type Results<O extends Operation> = Infos<(typeof resultsOf)[O]>;

/** By the names of their fields in the call. */
interface Inputs {
  readonly x: tf.TensorInfo;
  readonly dy?: tf.TensorInfo;
  readonly mean?: tf.TensorInfo;
  readonly variance?: tf.TensorInfo;
  readonly gamma?: tf.TensorInfo | undefined;
  readonly beta?: tf.TensorInfo | undefined;
  readonly sumDy?: tf.TensorInfo;
  readonly sumDyXhat?: tf.TensorInfo;
}

const currentBackend = () => tf.engine().backend as BackendWasm;

/** Runs one operation on the current backend. */
function run<O extends Operation>(
  operation: O,
  inputs: Inputs,
  view: NormalizationView,
  epsilon = 0,
): Results<O> {
  const backend = currentBackend();
  const { sharedBytes, threadBytes, steps } = planOf(operation, view, library.kernels(backend));
  const call = callOf(backend, inputs, view, epsilon);
  const results: readonly (typeof resultsOf)[Operation][number][] = resultsOf[operation];
  return library.run(backend, {
    outputs: results.map((name) => shapeOf(name, inputs.x, view)),
    floats: tf.util.sizeFromShape(inputs.x.shape),
    scratch: () => ({ shared: sharedBytes, own: threadBytes }),
    run(executor) {
      for (let i = 0; i < results.length; i++) call[results[i]!] = executor.outputs[i]!;
      call.shared = executor.shared;
      for (const step of steps) {
        if ('items' in step) executor.range(step.kernel, call, step.items);
        else executor.call(step.kernel, call);
      }
    },
  }) as Results<O>;
}

function shapeOf(name: keyof Call, x: tf.TensorInfo, view: NormalizationView): readonly number[] {
  if (name === 'y' || name === 'dx') return x.shape;
  return name === 'dGamma' || name === 'dBeta' ? [view.channels] : statisticsShape(view);
}

/** A call without results. */
function callOf(
  backend: BackendWasm,
  { x, dy, mean, variance, gamma, beta, sumDy, sumDyXhat }: Inputs,
  { batch, outer, channels, inner, groups, centered }: NormalizationView,
  epsilon: number,
): Call {
  return {
    epsilon,
    dy: pointerOf(backend, dy),
    x: pointerOf(backend, x),
    y: 0,
    dx: 0,
    mean: pointerOf(backend, mean),
    variance: pointerOf(backend, variance),
    gamma: pointerOf(backend, gamma),
    beta: pointerOf(backend, beta),
    dGamma: 0,
    dBeta: 0,
    sumDy: pointerOf(backend, sumDy),
    sumDyXhat: pointerOf(backend, sumDyXhat),
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
    const [mean, variance] = run('Moments', { x }, view);
    return { mean, variance };
  },

  normalize(x, mean, variance, gamma, beta, view, epsilon) {
    return run('Normalize', { x, mean, variance, gamma, beta }, view, epsilon)[0];
  },

  forward(x, gamma, beta, view, epsilon) {
    const [y, mean, variance] = run('Forward', { x, gamma, beta }, view, epsilon);
    return { y, mean, variance };
  },

  gradientSums(dy, x, mean, variance, gamma, view, epsilon) {
    const inputs = { dy, x, mean, variance, gamma };
    const [dGamma, dBeta, sumDy, sumDyXhat] = run('GradientSums', inputs, view, epsilon);
    return { dGamma, dBeta, sumDy, sumDyXhat };
  },

  inputGradient(dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) {
    const inputs = { dy, x, mean, variance, gamma, sumDy, sumDyXhat };
    return run('InputGradient', inputs, view, epsilon)[0];
  },

  backward(dy, x, mean, variance, gamma, view, epsilon) {
    const [dx, dGamma, dBeta] = run('Backward', { dy, x, mean, variance, gamma }, view, epsilon);
    return { dx, dGamma, dBeta };
  },

  movingAverage(average, value, keep, weight) {
    const backend = currentBackend();
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
