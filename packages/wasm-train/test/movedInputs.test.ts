/** Kernels whose loop is JavaScript, this package's and tfjs's own, of tensors that come from another backend and make the heap grow. */
import '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import '../src/index.js';
import { runKernel } from './support/compare.js';

const heapBytes = (): number =>
  ((tf.backend() as BackendWasm).wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8.buffer.byteLength;
const factory = tf.findBackendFactory('wasm');

/** A heap of its own for each test: one that has grown has room. */
beforeEach(async () => {
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, 2);
  await tf.setBackend('cpu');
});

/** Each of them is as large as a new heap, or half as large. */
const rows = 2 ** 21;
const [twos, threes] = [new Float32Array(2 * rows).fill(2), new Float32Array(2 * rows).fill(3)];
const ones = new Int32Array(rows).fill(1);

function makeInputs() {
  const x = tf.tensor2d(twos, [rows, 2]);
  return {
    x,
    image: tf.reshape(x, [1, rows, 2, 1]) as tf.Tensor4D,
    y: tf.tensor2d(threes, [rows, 2]),
    labels: tf.tensor1d(ones, 'int32'),
  };
}

type Call = (inputs: ReturnType<typeof makeInputs>) => tf.Tensor;

const loss =
  (kernelName: string): Call =>
  ({ x, labels }) =>
    runKernel(kernelName, { dy: tf.scalar(1), logits: x, labels }, { scale: 1 / rows });

/** Calls, and the last elements of what they give. */
const calls: Record<string, readonly [Call, number[]]> = {
  ClipByValue: [({ x }) => tf.clipByValue(x, 0, 1.5), [1.5, 1.5]],
  Maximum: [({ x, y }) => tf.maximum(x, y), [3, 3]],
  FloorDiv: [({ x, y }) => tf.floorDiv(y, x), [1, 1]],
  OneHot: [({ labels }) => tf.oneHot(labels, 2, 1, 0, 'float32'), [0, 1]],
  Dilation2D: [({ image }) => tf.dilation2d(image, tf.zeros([2, 2, 1]), 1, 'same'), [2, 2]],
  SoftmaxCrossEntropy: [loss('SoftmaxCrossEntropy'), [Math.log(2)]],
  SoftmaxCrossEntropyGrad: [loss('SoftmaxCrossEntropyGrad'), [0.5 / rows, -0.5 / rows]],
  Concat: [({ x, y }) => tf.concat([x, y], 1), [3, 3]],
  'Cast to float32': [({ labels }) => tf.cast(labels, 'float32'), [1, 1]],
  Select: [({ x, y, labels }) => tf.where(tf.cast(tf.reshape(labels, [rows, 1]), 'bool'), x, y), [2, 2]],
  Slice: [({ x }) => tf.slice(x, [0, 0], [rows, 1]), [2, 2]],
};

/** The last two elements, or the only one. */
function lastOf(tensor: tf.Tensor): Float32Array {
  const begin = Math.max(0, tensor.size - 2);
  return tf.slice(tf.reshape(tensor, [-1]), begin).dataSync() as Float32Array;
}

it.each(Object.entries(calls))('%s reads them', async (_, [call, expected]) => {
  const inputs = makeInputs();
  await tf.setBackend('wasm');
  const before = heapBytes();
  const values = tf.tidy(() => lastOf(call(inputs)));
  expect(heapBytes()).toBeGreaterThan(before);
  expect(values).toEqual(Float32Array.from(expected));
  tf.dispose(Object.values(inputs));
});
