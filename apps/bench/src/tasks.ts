/** Makes the tasks of the tfjs-based peers ready: the tensors, and the function that is timed. */
import * as tf from '@tensorflow/tfjs';
import type { Prepared } from './measure.js';
import type { Task } from './protocol.js';

type Normalize = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;
type Infer = (
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
) => tf.Tensor;

/** How a peer computes each operation; `inference` only where it differs from the forward half of training. */
export interface Implementation {
  training(task: Task): Normalize;
  inference(task: Task): Infer;
}

export function prepare(task: Task, implementation: Implementation): Prepared {
  const { operation, phase, shape } = task;
  const channels = operation === 'layerNorm' ? shape[shape.length - 1]! : shape[1]!;
  const x = tf.randomNormal([...shape], 0.5, 2);
  const gamma = tf.randomUniform([channels], 0.5, 1.5);
  const beta = tf.randomNormal([channels]);
  const dy = tf.randomNormal([...shape]);
  const mean = tf.zeros([channels]);
  const variance = tf.ones([channels]);
  const tensors = [x, gamma, beta, dy, mean, variance];
  return {
    run: timed(phase, { x, gamma, beta, dy, mean, variance }, task, implementation),
    dispose: () => tf.dispose(tensors),
  };
}

type Tensors = Record<'x' | 'gamma' | 'beta' | 'dy' | 'mean' | 'variance', tf.Tensor>;

function timed(
  phase: Task['phase'],
  tensors: Tensors,
  task: Task,
  implementation: Implementation,
): () => void {
  const { x, gamma, beta, dy, mean, variance } = tensors;
  if (phase === 'copy') return copyOnHeap(x);
  if (phase === 'inference') {
    const infer = implementation.inference(task);
    return () => tf.tidy(() => void infer(x, mean, variance, gamma, beta));
  }
  const normalize = implementation.training(task);
  const gradients = tf.grads((...args: tf.Tensor[]) => normalize(args[0]!, args[1]!, args[2]!));
  return () => tf.tidy(() => void gradients([x, gamma, beta], dy));
}

interface WasmHeap extends tf.KernelBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

/** Copies x into a new tensor of the wasm heap, as fast as the engine's own memory copy does it. */
function copyOnHeap(x: tf.Tensor): () => void {
  const backend = tf.backend() as WasmHeap;
  return () => {
    const y = backend.makeOutput(x.shape, 'float32');
    backend.typedArrayFromHeap(y).set(backend.typedArrayFromHeap(x));
    backend.disposeData(y.dataId);
  };
}
