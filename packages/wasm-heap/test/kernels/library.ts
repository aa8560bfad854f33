/** A library of small kernels, and a task of each. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Library, pointerOf, registerLibrary } from '../../src/index.js';
import { binaries } from './src/generated/binaries.js';
import { type Kernels, records } from './src/generated/calls.js';

export const testLibrary = (name: string): Library<Kernels> =>
  registerLibrary({ name, ...binaries, records });

export const library = testLibrary('test');

const backend = () => tf.backend() as BackendWasm;

/** 3 x + 2, with scratch space of all threads and of each. */
export function affine(x: tf.Tensor, using = library): tf.Tensor {
  const [y] = using.run(backend(), {
    outputs: [x.shape],
    floats: x.size,
    scratch: () => ({ shared: 16, own: 16 }),
    run({ outputs, range }) {
      range('affine', { x: pointerOf(backend(), x), y: outputs[0]!, factor: 3, term: 2 }, x.size);
    },
  });
  return tf.engine().makeTensorFromTensorInfo(y);
}

/** Always an error. */
export function trap(): void {
  library.run(backend(), {
    outputs: [[3]],
    floats: 2 ** 20,
    run: ({ range }) => range('trap', { x: 0, y: 0, factor: 0, term: 0 }, 9),
  });
}
