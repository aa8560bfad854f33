/** Kernels that are composed for a tfjs backend that adds in float32, one element after the other. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { batchNorm, layerNorm, moments, useBackend } from '../src/index.js';
import { addTfjsBackend } from './support/genericBackend.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const name = 'adds-in-float32';

/** Sum or Mean over the last axes, or after a transposition to there. */
function addInFloat32(kernelName: string): void {
  const isMean = kernelName === tf.Mean;
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
    const x = inputs.x as tf.Tensor;
    const { axis, keepDims } = attrs as unknown as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const permutation = tf.backend_util.getAxesPermutation(axes, x.rank);
    const values = (permutation ? tf.transpose(x, permutation) : x).dataSync();
    const size = axes.reduce((product, each) => product * x.shape[each]!, 1);
    const sums = new Float32Array(x.size / size);
    for (const [i, value] of values.entries()) {
      const at = Math.floor(i / size);
      sums[at] = sums[at]! + value;
    }
    const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
    const kept = keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
    return tf.tensor(
      sums.map((sum) => (isMean ? sum / size : sum)),
      kept,
    );
  };
  tf.unregisterKernel(kernelName, name);
  tf.registerKernel({ kernelName, backendName: name, kernelFunc });
}

addTfjsBackend(name);
for (const kernelName of [tf.Sum, tf.Mean]) addInFloat32(kernelName);

/** Largest difference from float64, as a part of the largest value. */
function errorOf(got: tf.Tensor, wanted: readonly number[]): number {
  const unit = Math.max(...wanted.map(Math.abs));
  return Math.max(...Array.from(got.dataSync(), (value, i) => Math.abs(value - wanted[i]!))) / unit;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const count = 2 ** 16;
const values = Array.from({ length: count }, (_, i) => 1 + ((i * 7919) % 1000) / 1000);
const truth = mean(values);
const variance = mean(values.map((value) => (value - truth) ** 2));

test.each([
  ['channels first', () => moments(tf.tensor(values, [1, 1, 256, 256]))],
  ['channels last', () => moments(tf.tensor(values, [1, 256, 256, 1]), { dataFormat: 'channelsLast' })],
  ['a row', () => moments(tf.tensor(values, [1, count]), { normalizedShape: count })],
  ['a column', () => moments(tf.tensor(values, [count, 1]))],
  ['columns', () => moments(tf.stack([tf.tensor(values), tf.tensor(values)], 1) as tf.Tensor2D)],
])('statistics of 65,536 elements have the accuracy of float32: %s', async (_, statistics) => {
  await useBackend(name);
  const got = tf.tidy(statistics);
  const columns = got.mean.size;
  expect(errorOf(got.mean, new Array<number>(columns).fill(truth))).toBeLessThan(1e-7);
  expect(errorOf(got.variance, new Array<number>(columns).fill(variance))).toBeLessThan(2e-6);
});

test('so do sums of gradients, of whole rows and of all rows', async () => {
  await useBackend(name);
  const x = tf.tensor(values, [count, 1]);
  const sum = mean(values) * count;
  const ofColumn = tf.grad((beta: tf.Tensor) => batchNorm(x, { beta }).y)(tf.zeros([1]), x);
  expect(errorOf(ofColumn, [sum])).toBeLessThan(2e-6);
  const rows = tf.tensor(values, [count / 2, 2]);
  const ofRows = tf.grad((beta: tf.Tensor) => layerNorm(rows, { normalizedShape: 2, beta }))(
    tf.zeros([2]),
    rows,
  );
  const [even, odd] = [0, 1].map((rest) => mean(values.filter((_, i) => i % 2 === rest)) * (count / 2));
  expect(errorOf(ofRows, [even!, odd!])).toBeLessThan(2e-6);
});
