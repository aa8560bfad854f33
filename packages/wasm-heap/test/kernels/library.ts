/** A library of small kernels, and a task of each. */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Library, pointerOf, registerLibrary } from '../../src/index.js';
import { binaries } from './src/generated/binaries.js';

interface Kernels {
  affine(...args: number[]): void;
  trap(...args: number[]): void;
}

export const testLibrary = (name: string): Library<Kernels> => registerLibrary({ name, ...binaries });

export const library = testLibrary('test');

const backend = () => tf.backend() as BackendWasm;

/** 3 x + 2, with a shape to read, scratch space of all threads and of each. */
export function affine(x: tf.Tensor, using = library): tf.Tensor {
  const [y] = using.run(backend(), {
    outputs: [x.shape],
    floats: x.size,
    integers: [3, 2],
    scratch: () => ({ shared: 16, own: 16 }),
    run: ({ integers, outputs, range }) =>
      range('affine', [integers, pointerOf(backend(), x), outputs[0]!], x.size),
  });
  return tf.engine().makeTensorFromTensorInfo(y);
}

/** Always an error. */
export function trap(): void {
  library.run(backend(), { outputs: [[3]], floats: 2 ** 20, run: ({ range }) => range('trap', [], 9) });
}
