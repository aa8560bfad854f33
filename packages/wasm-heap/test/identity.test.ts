/** Identity shares data instead of copying it: nothing that happens to one tensor may be seen in another. */
import '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import './kernels/library.js';

function backend(): BackendWasm {
  return tf.backend() as BackendWasm;
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

describe('Identity', () => {
  it('shares the data of its input', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    expect(y.dataId).toBe(x.dataId);
    expect(backend().refCount(x.dataId)).toBe(2);
    tf.dispose([x, y]);
  });

  it('keeps the data of a clone whose original is disposed, and frees it with the last', () => {
    const before = backend().numDataIds();
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    x.dispose();
    // Something that would take the place of freed data.
    const other = tf.tensor1d([7, 8, 9]);
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([y, other]);
    expect(backend().numDataIds()).toBe(before);
  });

  it('keeps the data of an original whose clone is disposed', () => {
    const x = tf.tensor1d([1, 2, 3]);
    tf.clone(x).dispose();
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    x.dispose();
  });

  it('leaves a clone of a variable alone when the variable is assigned', () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3]));
    const y = tf.clone(variable);
    variable.assign(tf.tensor1d([4, 5, 6]));
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    expect([...variable.dataSync()]).toEqual([4, 5, 6]);
    tf.dispose([variable, y]);
  });

  it('leaves a clone of a weight alone when an optimizer updates the weight', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const before = tf.clone(weight);
    tf.train.sgd(0.5).minimize(() => tf.sum(tf.square(weight)) as tf.Scalar);
    expect([...before.dataSync()]).toEqual([1, 2]);
    expect([...weight.dataSync()]).toEqual([0, 0]);
    tf.dispose([weight, before]);
  });

  it('leaves the original alone under every kernel that updates a part of a tensor', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const y = tf.clone(x);
      const updated = tf.tensorScatterUpdate(y, tf.tensor2d([[0]], [1, 1], 'int32'), tf.tensor2d([[9, 9]]));
      expect([...updated.dataSync()]).toEqual([9, 9, 3, 4]);
      expect([...tf.reverse(y, 1).dataSync()]).toEqual([2, 1, 4, 3]);
      expect([...tf.concat([y]).dataSync()]).toEqual([1, 2, 3, 4]);
      expect([
        ...tf
          .pad(y, [
            [0, 0],
            [0, 1],
          ])
          .dataSync(),
      ]).toEqual([1, 2, 0, 3, 4, 0]);
      expect([...x.dataSync()]).toEqual([1, 2, 3, 4]);
      expect([...y.dataSync()]).toEqual([1, 2, 3, 4]);
    });
  });

  it('hands out copies of the values, not views of shared data', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const y = tf.clone(x);
      y.dataSync().fill(0);
      expect([...x.dataSync()]).toEqual([1, 2, 3]);
    });
  });

  it('moves shared data to another backend and back', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    tf.setBackend('cpu');
    expect([...tf.tidy(() => tf.add(y, 1).dataSync())]).toEqual([2, 3, 4]);
    tf.setBackend('wasm');
    x.dispose();
    expect([...tf.tidy(() => tf.add(y, 1).dataSync())]).toEqual([2, 3, 4]);
    y.dispose();
  });

  it.each(['int32', 'bool', 'string'] as const)('clones %s', (dtype) => {
    tf.tidy(() => {
      const x = {
        int32: () => tf.tensor1d([1, 2], 'int32'),
        bool: () => tf.tensor1d([true, false], 'bool'),
        string: () => tf.tensor1d(['a', 'b']),
      }[dtype]();
      const y = tf.clone(x);
      expect(y.dtype).toBe(dtype);
      expect([...y.dataSync()]).toEqual([...x.dataSync()]);
    });
  });
});
