/** What a fused convolution does to its result: a bias, and an activation. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Executor } from './compute.js';
import { sizeOf } from './kernel.js';

const BYTES = 4;

/** In the order of assembly/elementwise/activation.ts. */
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu'] as const;

export interface FusedAttributes {
  readonly activation: (typeof activations)[number] | 'leakyrelu';
  readonly leakyreluAlpha?: number | undefined;
}

export interface FusedInputs {
  readonly bias?: tf.TensorInfo | undefined;
  readonly preluActivationWeights?: tf.TensorInfo | undefined;
}

/** Bias and activation of a result [..., channels]; without a bias, and with 'linear', there is nothing to do. */
export interface Finish extends FusedInputs, FusedAttributes {}

export const nothing: Finish = { activation: 'linear' };

/** Whether the compiled kernel does it: bias and slopes are float32, one for each channel. */
export function isByChannel({ bias, preluActivationWeights }: Finish, channels: number): boolean {
  return [bias, preluActivationWeights].every(
    (tensor) =>
      tensor === undefined ||
      (tensor.dtype === 'float32' &&
        sizeOf(tensor.shape) === channels &&
        (tensor.shape.at(-1) ?? 1) === channels),
  );
}

/** Floats that each thread needs to finish a result of so many channels. */
export function finishScratch(kernels: Executor['kernels'], finish: Finish, channels: number): number {
  return isNothing(finish) ? 0 : kernels.activateScratch(channels);
}

function isNothing({ bias, activation }: Finish): boolean {
  return bias === undefined && activation === 'linear';
}

/** Floats of a result that is finished at once, while it is in the cache that it was written to. */
const CHUNK_FLOATS = 2 ** 16;

/**
 * Computes the output of a task, [rows, channels], in chunks of rows that are finished as soon as they are there.
 *
 * @param step Rows of which only whole numbers can be computed: those of an image.
 * @param run Computes so many rows from `first` on.
 */
export function computeFinished(
  backend: BackendWasm,
  executor: Executor,
  finish: Finish,
  rows: number,
  channels: number,
  step: number,
  run: (first: number, count: number) => void,
): void {
  if (isNothing(finish)) {
    run(0, rows);
    return;
  }
  const steps = Math.max(1, Math.floor((CHUNK_FLOATS * executor.size) / (channels * step)));
  for (let first = 0; first < rows; first += steps * step) {
    const count = Math.min(steps * step, rows - first);
    run(first, count);
    finishRows(backend, executor, finish, first, count, channels);
  }
}

function finishRows(
  backend: BackendWasm,
  { kernels, output, range }: Executor,
  { bias, activation, preluActivationWeights: slopes, leakyreluAlpha = 0 }: Finish,
  first: number,
  rows: number,
  channels: number,
): void {
  const kind = activation === 'leakyrelu' ? 'prelu' : activation;
  const call = {
    y: output + first * channels * BYTES,
    bias: pointerOf(backend, bias),
    slopes: pointerOf(backend, slopes),
    slope: leakyreluAlpha,
    rows,
    columns: channels,
    activation: activations.indexOf(kind),
  };
  range('activate', call, kernels.activateItems(rows));
}

/** The same composed of tfjs's operations, for biases and slopes of any shape. */
export function composeFinish(result: tf.Tensor, finish: Finish): tf.Tensor {
  // The engine hands a kernel the tensors of its caller, whatever the type says.
  const bias = finish.bias as tf.Tensor | undefined;
  const slopes = finish.preluActivationWeights as tf.Tensor | undefined;
  const x = bias === undefined ? result : tf.add(result, bias);
  switch (finish.activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'elu':
      return tf.elu(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'leakyrelu':
      return tf.leakyRelu(x, finish.leakyreluAlpha);
    case 'prelu':
      return tf.prelu(x, slopes!);
  }
}
