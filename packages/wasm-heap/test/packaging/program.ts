// A kernel that doubles, compiled from the README's source, on tfjs's heap.

import { type Library, pointerOf, registerLibrary } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

const text =
  '+%6%H%B,+++,4,%50%T%T%T%T%T+-=,.%:%C%K1%B%:%B%D%G%N-.,%U%U/.-,+25,1%9%D%J%7%A%:++5d,b+K-m-%IL-.lK-K.m-%Iu/lK,K-%?K+K-%?U-+o+++l%jd-+K-m/%?L-7,666';
const library: Library<{ double(...args: number[]): void }> = registerLibrary({
  name: 'example',
  plain: { text, sharedFlagAt: 34 },
});

await tf.setBackend('wasm');
await tf.ready();
const backend = tf.backend() as BackendWasm;
const x = tf.tensor1d([1, 2, 3]);
const [y] = library.run(backend, {
  outputs: [x.shape],
  floats: x.size,
  run: ({ outputs, range }) => range('double', [pointerOf(backend, x), outputs[0]!], x.size),
});
console.log(Array.from(tf.engine().makeTensorFromTensorInfo(y).dataSync()).join(' ')); // 2 4 6
