/** What the implementations on tfjs have in common: tensors to work on, gradients, and waiting for the device. */
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import type { Backend } from '../grid/contenders.js';
import { channelAxis, type Shape, storedShape } from '../grid/shapes.js';
import type { Prepared } from '../measuring/prepared.js';
import { Unsupported, type Workbench } from '../measuring/serve.js';
import { randomValues } from './data.js';
import { graphicsProcessor, waits } from './graphicsProcessor.js';
import { prepareRead } from './reading.js';

/** An implementation's function for one case, and the parameters that it keeps. */
export interface Model {
  /** What gradients are taken in, beside x. */
  readonly parameters: readonly tf.Tensor[];
  forward(x: tf.Tensor): tf.Tensor;
  inference(x: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/** An implementation: the model for a case, or why there is none. */
export interface Library {
  model(task: Case): Model | Unsupported;
  /** A training step of LeNet. */
  lenet?(task: Case): Prepared | Unsupported;
}

/** A library at work on the current tfjs backend. */
export function tfjsWorkbench(library: Library): Workbench {
  const backend = tf.getBackend() as Backend;
  const gpu = graphicsProcessor();
  return {
    hello: { versions: { tfjs: tf.version_core }, ...(gpu === undefined ? {} : { gpu }) },
    prepare(task) {
      if (task.operation === 'read') return prepareRead(task.shape);
      if (task.operation === 'copy') return prepareCopy(task.shape);
      if (task.phase === 'step') {
        return library.lenet?.(task) ?? new Unsupported('no LeNet here; see tf.layers');
      }
      return prepareModel(task, library);
    },
    heapBytes: () => (backend === 'wasm' ? wasmHeapBytes() : tf.memory().numBytes),
    tensors: () => tf.memory(),
  };
}

function prepareModel(task: Case, library: Library): Prepared | Unsupported {
  const model = library.model(task);
  if (model instanceof Unsupported) return model;
  const shape = storedShape(task.shape, task.dataFormat);
  const x = randomTensor(shape);
  const dy = task.phase === 'forwardBackward' ? randomTensor(shape) : undefined;
  const gradients = tf.grads(() => model.forward(x));
  const compute = (): tf.Tensor[] => {
    if (dy) return gradients([x, ...model.parameters], dy);
    return [task.phase === 'inference' ? model.inference(x) : model.forward(x)];
  };
  return {
    ...toTheEnd(compute),
    dispose() {
      model.dispose();
      tf.dispose([x, ...(dy ? [dy] : [])]);
    },
  };
}

/** Runs to the end of the work. wasm and cpu compute at once; a graphics processor is asked, and then waited for. */
function toTheEnd(compute: () => tf.Tensor[]): Pick<Prepared, 'run' | 'finish'> {
  const wait = waits[tf.getBackend()];
  if (!wait) return { run: () => tf.tidy(() => void compute()) };
  let results: tf.Tensor[] = [];
  const replaceBy = (next: tf.Tensor[]) => {
    tf.dispose(results);
    results = next;
  };
  return {
    run: () => replaceBy(tf.tidy(compute)),
    async finish() {
      await wait(results[0]!);
      replaceBy([]);
    },
  };
}

interface WasmHeap extends tf.KernelBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
}

/** Of memory, by whose offset processors guess whether a load waits for a store. */
const pageBytes = 4096;
const pageFloats = pageBytes / Float32Array.BYTES_PER_ELEMENT;

/**
 * Floats to skip in `to`, so that its offset in a page is half a page from that of `from`. If they are nearly the same, as they are
 * by chance of the heap, a copy takes up to ten times as long.
 */
export function farWithinPages(from: Float32Array, to: Float32Array): number {
  const apart = from.byteOffset + pageBytes / 2 - to.byteOffset;
  return (((apart % pageBytes) + pageBytes) % pageBytes) / Float32Array.BYTES_PER_ELEMENT;
}

/** Copies a tensor as fast as the backend can. */
function prepareCopy(shape: Shape): Prepared {
  const x = randomTensor([...shape]);
  return { ...copy(x), dispose: () => x.dispose() };
}

function copy(x: tf.Tensor): Pick<Prepared, 'run' | 'finish'> {
  const name = tf.getBackend();
  if (name === 'wasm') {
    const backend = tf.backend() as WasmHeap;
    const run = () => {
      const y = backend.makeOutput([x.size + pageFloats], 'float32');
      const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(y)];
      to.set(from, farWithinPages(from, to));
      backend.disposeData(y.dataId);
    };
    return { run };
  }
  if (name === 'cpu') {
    const values = x.dataSync<'float32'>();
    return { run: () => values.slice() };
  }
  // A texture is copied by drawing it; of tfjs's programs relu is the one that does no more.
  return toTheEnd(() => [tf.relu(x)]);
}

export const randomTensor = (shape: number[]): tf.Tensor => tf.tensor(randomValues(shape), shape);

/** Gamma, beta, and the mean and variance that inference is given; one of each per channel. */
export function channelParameters({ operation, shape }: Case) {
  const channels = [shape[channelAxis(operation, shape)]!];
  const [gamma, beta, mean] = [randomTensor(channels), randomTensor(channels), randomTensor(channels)];
  const variance = tf.ones(channels);
  return { gamma, beta, mean, variance, dispose: () => tf.dispose([gamma, beta, mean, variance]) };
}

function wasmHeapBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return wasm.HEAPU8.byteLength;
}
