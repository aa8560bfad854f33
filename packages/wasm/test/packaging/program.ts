// One training step of a BatchNorm on tfjs's wasm backend.

import { BatchNorm, useBackend } from '@bn/core';
import { threadCount } from '@bn/wasm';
import * as tf from '@tensorflow/tfjs';

await useBackend('wasm');
const norm = new BatchNorm({ numFeatures: 2 });
const x = tf.tensor2d([1, 10, 2, 20, 3, 60], [3, 2]);
const cost = () => norm.apply(x, { training: true }).sub(1).square().mean().asScalar();
tf.train.sgd(0.5).minimize(cost, false, norm.trainableWeights);
const show = (tensor: tf.Tensor) => Array.from(tensor.dataSync(), (value) => value.toFixed(3)).join(' ');
console.log(show(norm.apply(x, { training: false }))); // 0.900 0.916 1.400 1.509 1.900 3.885
console.log(threadCount()); // 1
