/** Cast to the type that a tensor has shares its data instead of copying it. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

describe('Cast', () => {
  it('to the type that a tensor has shares its data', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1.5, 2.5]);
      expect(tf.cast(x, 'float32').dataId).toBe(x.dataId);
    });
  });

  it.each([
    ['float32', 'int32', [1, 2]],
    ['int32', 'float32', [1, 2]],
    ['bool', 'float32', [1, 1]],
  ] as const)('from %s to %s converts', (from, to, expected) => {
    tf.tidy(() => {
      const x = tf.tensor1d([1.5, 2.5], from);
      const y = tf.cast(x, to);
      expect(y.dtype).toBe(to);
      expect([...y.dataSync()]).toEqual(expected);
      expect(y.dataId).not.toBe(x.dataId);
    });
  });
});
