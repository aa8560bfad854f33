// A kernel that doubles, compiled from the README's source, on tfjs's heap.

import { type CallRecord, type Library, pointerOf, registerLibrary } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

const text =
  '+%6%H%B,+++,2,%5.%T%T%T+-=,.%:%C%K1%B%:%B%D%G%N-.,%U%U/.-,+25,1%9%D%J%7%A%:++5j,h+K,m-%IL,.lK,K-m-%Iu/lK+S-/K,%?K+S-+K,%?U-+o+++l%jd-+K,m/%?L,7,666';
interface Kernels {
  ranges: { double: { x: number; y: number } };
  calls: object;
  functions: object;
}
const double: CallRecord<{ x: number; y: number }> = {
  bytes: 8,
  write({ integers }, pointer, { x, y }) {
    integers[pointer / 4] = x;
    integers[pointer / 4 + 1] = y;
  },
};
const library: Library<Kernels> = registerLibrary<Kernels>({
  name: 'example',
  plain: { text, sharedFlagAt: 32 },
  records: { double },
});

await tf.setBackend('wasm');
await tf.ready();
const backend = tf.backend() as BackendWasm;
const x = tf.tensor1d([1, 2, 3]);
const [y] = library.run(backend, {
  outputs: [x.shape],
  floats: x.size,
  run: ({ outputs, range }) => range('double', { x: pointerOf(backend, x), y: outputs[0]! }, x.size),
});
console.log(Array.from(tf.engine().makeTensorFromTensorInfo(y).dataSync()).join(' ')); // 2 4 6
