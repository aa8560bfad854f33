/** What a group of processes reads of wasm's memory. */
import { BatchNorm, useBackend } from '@bn/core';
import { valuesOf } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test, vi } from 'vitest';
import { useThreads } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** Rank 0 of two members that hold the same. */
const mirrored = {
  rank: 0,
  size: 2,
  allReduceSum: (values: Float64Array) => values.set(values.map((value) => 2 * value)),
  allGather: (values: Float64Array) => [values, values],
};

test('the values of a tensor are its memory itself', () => {
  const tensor = tf.tensor1d([1, 2, 3]);
  const values = valuesOf(tensor);
  expect([...values]).toEqual([1, 2, 3]);
  values[1] = 7;
  expect([...tensor.dataSync()]).toEqual([1, 7, 3]);
  expect(valuesOf(tf.zeros([0]))).toHaveLength(0);
});

test.each(['float32', 'int32', 'bool'] as const)(
  'a tensor that was made on another backend of %s is read there',
  async (dtype) => {
    await tf.setBackend('cpu');
    // On cpu a cast shares its input's data.
    const tensor = tf.cast(tf.tensor1d([1, 0, 1], dtype), 'float32');
    expect(valuesOf(tensor)).toEqual(new Float32Array([1, 0, 1]));
    await useBackend('wasm');
    expect(valuesOf(tensor)).toEqual(new Float32Array([1, 0, 1]));
  },
);

test('a tensor that was made on another backend, and for which the memory would have to grow, is read there', async () => {
  await tf.setBackend('cpu');
  const tensor = tf.fill([2 ** 24], 3);
  await useBackend('wasm');
  const values = valuesOf(tensor);
  expect(values).toHaveLength(2 ** 24);
  expect(values.at(-1)).toBe(3);
  tensor.dispose();
});

test('a tensor that was made before threads took another memory is read from that one', async () => {
  const tensor = tf.tensor1d([1, 2, 3]);
  await useThreads(2);
  expect([...valuesOf(tensor)]).toEqual([1, 2, 3]);
  await useThreads(1);
});

test('of a disposed tensor tfjs says so', () => {
  const tensor = tf.tensor1d([1]);
  tensor.dispose();
  expect(() => valuesOf(tensor)).toThrow('disposed');
});

test('a step of batch norm over a group copies no tensor', () => {
  const layer = new BatchNorm({ numFeatures: 3, reducer: mirrored });
  const x = tf.randomNormal([4, 3], 0, 1, 'float32', 1);
  const step = () =>
    tf.variableGrads(() => tf.sum(tf.square(layer.apply(x, { training: true }))) as tf.Scalar);
  step();
  const reads = vi.spyOn(tf.backend(), 'readSync');
  step();
  expect(reads).not.toHaveBeenCalled();
  reads.mockRestore();
});
