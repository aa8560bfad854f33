/**
 * Tensors follow when the backend is swapped. tfjs moves data when a kernel first asks for it, and silently loses values
 * in four cases, all of which are put right here, on its engine, for every backend and every way to make a tensor:
 *
 * - Data that tensors of two types share. On the cpu and webgl backends a cast of int32 or bool to a wider type shares its
 *   input's data, which their kernels read by the type of the data. The wasm backend reads by the type of the tensor, so
 *   that 1 would become 1.4e-45. On a backend whose casts do not share, such a tensor gets its own data before a kernel
 *   reads it.
 * - Data held in an array of another type, such as a slice of a cast on webgl: wasm copies its bytes. A move converts it.
 * - complex64, which no backend's `move` takes: such a tensor is made again of its parts if the backend has complex
 *   numbers, and refused if it has none.
 * - Data that webgl is still reading for `data()` when it leaves: webgl goes on holding it until then, and takes it for the
 *   tensor's data when the tensor comes back. Such a tensor comes back with separate data.
 *
 * A move that fails leaves the data where it was. A kernel that asks for data which is nowhere has got a tensor that was disposed,
 * and says so. Importing this module puts it to work.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BackendError, DisposedError } from '../errors.js';
import { refuseEmptyStatistics } from './emptyStatistics.js';
import { offTape } from './tape.js';

const engine = tf.engine();
const runKernel = engine.runKernel.bind(engine);

/** Whether a backend's casts share data, found out once. */
const castsShare = new WeakMap<tf.KernelBackend, boolean>();
/** The backend that data has left, but that has not let go of it yet. */
const lingering = new WeakMap<tf.DataId, tf.KernelBackend>();

function runFollowedKernel<T extends tf.Tensor | tf.Tensor[]>(
  kernelName: string,
  inputs: tf.NamedTensorMap,
  attributes?: tf.NamedAttrMap,
): T {
  refuseEmptyStatistics(kernelName, inputs);
  for (const name in inputs) {
    // Optional inputs are undefined, and what fromPixels gets is no tensor.
    if (inputs[name]?.dataId !== undefined) follow(inputs[name]);
  }
  return runKernel<T>(kernelName, inputs, attributes);
}

/** Gives a tensor its own data, if a kernel of the current backend could not read it right otherwise. */
function follow(tensor: tf.Tensor): void {
  const info = engine.state.tensorInfo.get(tensor.dataId);
  if (info === undefined) return;
  const { backend } = engine;
  const mustCopy =
    info.backend !== backend && (tensor.dtype === 'complex64' || lingering.get(tensor.dataId) === backend);
  if (mustCopy || (info.dtype !== tensor.dtype && !sharesInCasts(backend))) giveOwnData(tensor);
}

/** A backend whose casts share data reads data by its own type; any other may read it by the type of the tensor. */
function sharesInCasts(backend: tf.KernelBackend): boolean {
  let shares = castsShare.get(backend);
  if (shares === undefined) {
    shares =
      tf.getKernel(tf.Cast, engine.backendName) !== undefined &&
      offTape(() =>
        tf.tidy(() => {
          const x = tf.scalar(1, 'int32');
          return tf.cast(x, 'float32').dataId === x.dataId;
        }),
      );
    castsShare.set(backend, shares);
  }
  return shares;
}

/** Copies a tensor's values to the current backend, converted to its type, and lets go of the data that it had. */
function giveOwnData(tensor: tf.Tensor): void {
  const values = engine.readSync(tensor.dataId) as tf.TypedArray;
  const { shape, dtype } = tensor;
  const copy = dtype === 'complex64' ? complexTensor(values, shape) : tf.tensor(values, shape, dtype);
  [tensor.dataId, copy.dataId] = [copy.dataId, tensor.dataId];
  copy.dispose();
}

/** @throws BackendError if the current backend has no complex numbers. */
function complexTensor(values: tf.TypedArray, shape: number[]): tf.Tensor {
  if (tf.getKernel(tf.Complex, engine.backendName) === undefined) throw complexError();
  const { real, imag } = tf.backend_util.splitRealAndImagArrays(Float32Array.from(values));
  return offTape(() => tf.tidy(() => tf.complex(tf.tensor(real, shape), tf.tensor(imag, shape))));
}

/** In the place of the engine's own, which lets go of the data before the other backend has it. */
function moveData(target: tf.KernelBackend, dataId: tf.DataId): void {
  const { state } = engine;
  const info = state.tensorInfo.get(dataId);
  if (info === undefined) throw new DisposedError('A tensor that has been disposed was used');
  if (info.dtype === 'complex64') throw complexError();
  const { backend: source, dtype, shape } = info;
  const values = engine.readSync(dataId);
  try {
    const fitting = dtype === 'string' ? values : tf.util.toTypedArray(values as tf.TypedArray, dtype);
    target.move(dataId, fitting, shape, dtype, source.refCount(dataId));
  } catch (error) {
    target.disposeData(dataId, true);
    throw error;
  }
  info.backend = target;
  if (!source.disposeData(dataId, true)) lingering.set(dataId, source);
  // The engine takes moves off what it takes for leaked data.
  if (tf.env().getBool('IS_TEST')) state.numDataMovesStack[state.numDataMovesStack.length - 1]!++;
}

const complexError = () =>
  new BackendError(
    `A complex64 tensor cannot follow to the tfjs backend '${engine.backendName}': ` +
      'take tf.real and tf.imag of it before the swap',
  );

Object.assign(engine, { runKernel: runFollowedKernel, moveData });
