/**
 * A step of tf.train.sgd, w = w - learningRate * g, on all weights by one kernel that writes in place.
 *
 * tfjs runs two kernels for each weight, which for the weights of a small network take longer than its forward pass. Reads w and g
 * once, writes w once; the same bits as tfjs's. A weight whose data others share (a clone of it, say), that is not float32, or
 * that is on another backend is left to tfjs.
 */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { library } from '../library.js';

const NAME = 'GradientDescent';

/** In the order of the inputs: weight, gradient, weight, gradient, ... */
function gradientDescent({ inputs, backend, attrs }: KernelArguments): KernelResult {
  const wasm = backend as BackendWasm;
  const { step } = attrs as unknown as { step: number };
  const { descend } = library.kernels(wasm);
  const tensors = Object.values(inputs) as tf.TensorInfo[];
  for (let i = 0; i < tensors.length; i += 2) {
    const [weight, gradient] = [tensors[i]!, tensors[i + 1]!];
    descend(pointerOf(wasm, weight), pointerOf(wasm, gradient), sizeOf(weight.shape), step);
    forget(wasm, weight);
  }
  return [];
}

export const gradientDescentConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: gradientDescent,
};

/** Parts of the backend that its types leave out. */
interface Registry {
  dataIdNextNumber: number;
  readonly wasm: {
    readonly tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
}

/** tfjs's kernels keep what they have made of a filter or a matrix by its number: new values want a new one. */
function forget(backend: BackendWasm, { dataId, shape }: tf.TensorInfo): void {
  const registry = backend as unknown as Registry;
  const data = backend.dataIdMap.get(dataId as tf.DataId);
  registry.wasm.tfjs.disposeData(data.id);
  data.id = registry.dataIdNextNumber++;
  registry.wasm.tfjs.registerTensor(data.id, sizeOf(shape), data.memoryOffset);
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

type Gradients = tf.NamedTensorMap | NamedTensor[];

/** What its types hide. */
interface Descent {
  /** A scalar: minus the learning rate. */
  readonly c: tf.Scalar;
  applyGradients(gradients: Gradients): void;
}

const prototype = tf.SGDOptimizer.prototype as unknown as Descent;
let original: Descent['applyGradients'] | undefined;

/** From here on tf.train.sgd runs the kernel. Calling it again changes nothing. */
export function replaceGradientDescent(): void {
  if (original !== undefined) return;
  original = prototype.applyGradients;
  prototype.applyGradients = applyGradients;
}

/** Gives tf.train.sgd back to tfjs. */
export function restoreGradientDescent(): void {
  if (original === undefined || prototype.applyGradients !== applyGradients) return;
  prototype.applyGradients = original;
  original = undefined;
}

function applyGradients(this: Descent, gradients: Gradients): void {
  const named = Array.isArray(gradients)
    ? gradients
    : Object.keys(gradients).map((name) => ({ name, tensor: gradients[name]! }));
  const rest: NamedTensor[] = [];
  const inputs: tf.NamedTensorMap = {};
  const engine = tf.engine();
  const isReady = canRun(this.c);
  let count = 0;
  for (const pair of named) {
    const weight = engine.registeredVariables[pair.name];
    if (isReady && weight && pair.tensor && canDescend(weight, pair.tensor)) {
      inputs[`weight${count}`] = weight;
      inputs[`gradient${count++}`] = pair.tensor;
    } else rest.push(pair);
  }
  if (count > 0) engine.runKernel(NAME, inputs, { step: stepOf(this.c) });
  // It counts the step, too.
  original!.call(this, rest);
}

/** Whether the kernel is there; tfjs says so if the optimizer is disposed. */
const canRun = (c: tf.Scalar): boolean =>
  tf.getBackend() === 'wasm' && tf.getKernel(NAME, 'wasm') !== undefined && !c.isDisposed;

/** Whether a weight may be written to in place: nobody else holds its data. */
function canDescend(weight: tf.Variable, gradient: tf.Tensor): boolean {
  return (
    isFloat32OnHeap(weight) &&
    isFloat32OnHeap(gradient) &&
    (tf.engine().backend as BackendWasm).refCount(weight.dataId) === 1 &&
    tf.util.arraysEqual(weight.shape, gradient.shape)
  );
}

function isFloat32OnHeap({ dataId, dtype }: tf.Tensor): boolean {
  const { backend, state } = tf.engine();
  return dtype === 'float32' && state.tensorInfo.get(dataId)?.backend === backend;
}

const steps = new WeakMap<tf.Scalar, number>();

/** The value of c, read once for each learning rate. */
function stepOf(c: tf.Scalar): number {
  let step = steps.get(c);
  if (step === undefined) {
    step = c.dataSync()[0]!;
    steps.set(c, step);
  }
  return step;
}
