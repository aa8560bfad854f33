/**
 * What keeps a heap that is full from becoming garbage. tfjs does not look whether its allocator had any memory left: it would
 * write to address 0. From here on the allocator throws, in tfjs's own kernels too, and what an error interrupts is put in order.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { OutOfMemoryError } from './errors.js';
import { type EmscriptenModule, moduleOf } from './module.js';
import { moveInputs } from './movedInputs.js';

/** Bytes that 32-bit pointers reach; a larger request would be taken modulo this. */
const ADDRESS_SPACE = 2 ** 32;

/** What the guarded allocator calls. Tests put another one in its place. */
export interface Allocator {
  /** 0 if there is no memory left. */
  malloc(bytes: number): number;
}

const allocators = new WeakMap<EmscriptenModule, Allocator>();

/** Guards the memory of a backend, once. */
export function guardHeap(backend: BackendWasm): void {
  const module = moduleOf(backend);
  if (allocators.has(module)) return;
  guardAllocator(module);
  guardMoves(backend);
  noteData(backend);
  guardKernels();
  guardGradients();
}

/** The allocator below the guard of a backend. */
export function allocatorOf(backend: BackendWasm): Allocator {
  guardHeap(backend);
  return allocators.get(moduleOf(backend))!;
}

function guardAllocator(module: EmscriptenModule): void {
  // The threaded build puts its functions in place at their first call, which would undo what follows.
  module._free(module._malloc(1));
  const { _malloc } = module;
  const allocator: Allocator = { malloc: (bytes) => _malloc(bytes) };
  allocators.set(module, allocator);
  module._malloc = (bytes) => {
    const pointer = bytes < ADDRESS_SPACE ? allocator.malloc(bytes) >>> 0 : 0;
    if (pointer === 0) throw new OutOfMemoryError(bytes);
    return pointer;
  };
}

/** A part of the engine that its types leave out. */
interface DataMover {
  moveData(backend: tf.KernelBackend, dataId: object): void;
}

/**
 * tfjs disposes of a tensor's data on the backend that it leaves before it asks for memory on the one that it moves to. Here
 * the memory is asked for first: if there is none, the tensor stays where it is.
 */
function guardMoves(backend: BackendWasm): void {
  const map = backend.dataIdMap as unknown as { dataMover: DataMover };
  const mover = map.dataMover;
  map.dataMover = {
    moveData(target, dataId) {
      const info = tf.engine().state.tensorInfo.get(dataId);
      if (info && info.dtype !== 'string') {
        const module = moduleOf(backend);
        module._free(module._malloc(info.bytes));
      }
      mover.moveData(target, dataId);
    },
  };
}

/** The engine, whose state says what the tape holds. */
type Engine = ReturnType<typeof tf.engine>;

/** A kernel that runs: what it has made on a guarded heap, and of what it holds references, so far. */
interface Frame {
  readonly made: tf.DataId[];
  readonly held: tf.DataId[];
  /** Whether it has run other kernels. */
  runsOthers: boolean;
}

let frame: Frame | undefined;

function noteData(backend: BackendWasm): void {
  const map = backend.dataIdMap;
  const set = map.set.bind(map);
  map.set = (dataId, data) => {
    frame?.made.push(dataId);
    set(dataId, data);
  };
  const incRef = backend.incRef.bind(backend);
  backend.incRef = (dataId) => {
    frame?.held.push(dataId);
    incRef(dataId);
  };
}

interface KernelRunner {
  runKernelFunc(params: { readonly kernelName?: string; readonly inputs: tf.NamedTensorMap }): unknown;
}

const guardedKernels = new WeakSet<Engine>();

/** What a kernel of tfjs makes on its way to the result is not tracked by any scope: an error would leave it on the heap. */
function guardKernels(): void {
  const engine = tf.engine();
  if (guardedKernels.has(engine)) return;
  guardedKernels.add(engine);
  const runner = engine as unknown as KernelRunner;
  const runKernelFunc = runner.runKernelFunc.bind(engine);
  runner.runKernelFunc = (params) => {
    if (params.kernelName !== undefined && engine.backendName === 'wasm') {
      moveInputs(engine.backend as BackendWasm, params.inputs);
    }
    const outer = frame;
    if (outer) outer.runsOthers = true;
    const own: Frame = { made: [], held: [], runsOthers: false };
    frame = own;
    try {
      return runKernelFunc(params);
    } catch (error) {
      if (error instanceof OutOfMemoryError) giveBack(engine, own, params.kernelName !== undefined);
      throw error;
    } finally {
      frame = outer;
    }
  };
}

/**
 * References that a kernel held are its own if it has made no tensors of them, as only those do that run other kernels (a reshape
 * inside of a kernel holds one, say). A tensor that a scope tracks is disposed of by that.
 */
function giveBack({ backend, state }: Engine, { made, held, runsOthers }: Frame, isKernel: boolean): void {
  if (isKernel && !runsOthers) for (const dataId of held) backend.disposeData(dataId);
  for (const dataId of made) if (!state.tensorInfo.has(dataId)) backend.disposeData(dataId, true);
}

const guardedEngines = new WeakSet<Engine>();

/** tfjs keeps what a tape has saved if taking gradients ends in an error. Here the outermost gradient gives it back. */
function guardGradients(): void {
  const engine = tf.engine();
  if (guardedEngines.has(engine)) return;
  guardedEngines.add(engine);
  const gradients = engine.gradients.bind(engine) as Engine['gradients'];
  engine.gradients = ((...args: Parameters<Engine['gradients']>) => {
    try {
      return gradients(...args);
    } catch (error) {
      if (engine.state.gradientDepth === 0) dropTape(engine);
      throw error;
    }
  }) as Engine['gradients'];
}

function dropTape({ state }: Engine): void {
  const tape = state.activeTape as { readonly saved?: readonly tf.Tensor[] }[] | null;
  for (const { saved = [] } of tape ?? []) {
    for (const tensor of saved) if (!tensor.isDisposed) tensor.dispose();
  }
  // The engine sets it to null itself when all went well.
  (state as { activeTape: unknown }).activeTape = null;
}
