// The gradient of a filter, for which tfjs's wasm backend has no kernel.
import * as tf from '@tensorflow/tfjs';
import '@bn/wasm-train';

await tf.setBackend('wasm');
await tf.ready();
const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
const filter = tf.tensor4d([1, 0, 0, 1], [2, 2, 1, 1]);
const convolve = (weights: tf.Tensor) => tf.conv2d(x, weights as tf.Tensor4D, 1, 'valid').sum();
console.log(Array.from(tf.grad(convolve)(filter).dataSync()).join(' ')); // 12 16 24 28
