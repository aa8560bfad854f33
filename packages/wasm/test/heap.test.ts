/** What the kernels do to tfjs's heap: it may grow, run full, or be replaced; nothing may leak or be written elsewhere. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { BatchNorm, batchNorm, groupNorm, layerNorm, useBackend } from '@bn/core';
import { heap, watchAllocations } from '@bn/wasm-heap/testing';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutOfMemoryError } from '../src/index.js';

const backend = () => tf.engine().backend as BackendWasm;

beforeAll(() => useBackend('wasm'));

/** One of each family of kernels, forward and backward. */
const operations: readonly (readonly [string, number[], (x: tf.Tensor) => tf.Tensor])[] = [
  ['batchNorm, channels first', [4, 3, 5, 5], (x) => batchNorm(x).y],
  ['batchNorm, features', [37, 5], (x) => batchNorm(x).y],
  ['groupNorm, channels first', [2, 6, 3, 3], (x) => groupNorm(x, { numGroups: 3 })],
  [
    'groupNorm, channels last',
    [2, 3, 3, 6],
    (x) => groupNorm(x, { numGroups: 3, dataFormat: 'channelsLast' }),
  ],
  ['layerNorm', [5, 7], (x) => layerNorm(x, { normalizedShape: 7 })],
];

/** y and dx of one operation, as plain numbers. */
function results(shape: number[], apply: (x: tf.Tensor) => tf.Tensor): number[][] {
  return tf.tidy(() => {
    const x = tf.sin(tf.range(0, tf.util.sizeFromShape(shape))).reshape(shape);
    const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => apply(input))(x, tf.cos(x));
    return [Array.from(value.dataSync()), Array.from(grad.dataSync())];
  });
}

describe.each(operations)('%s', (_name, shape, apply) => {
  it('frees all the scratch space it allocates, and keeps only its outputs', () => {
    results(shape, apply);
    const { live, stop } = watchAllocations();
    try {
      results(shape, apply);
      expect(live).toEqual(new Set());
    } finally {
      stop();
    }
  });

  it('gives the same results before and after the heap has grown', () => {
    const before = results(shape, apply);
    const buffer = heap().HEAPU8.buffer;
    const large = tf.zeros([buffer.byteLength / 4]);
    expect(heap().HEAPU8.buffer).not.toBe(buffer);
    expect(results(shape, apply)).toEqual(before);
    large.dispose();
  });

  it('turns every allocation that fails into an error that leaves nothing behind', () => {
    results(shape, apply);
    const tensors = tf.memory().numTensors;
    const dataIds = backend().numDataIds();
    const x = tf.ones<tf.Rank>(shape);
    const lowMemory = heap().HEAPU8.slice(0, 1024);
    let failures = 0;
    for (let failing = 1; ; failing++) {
      const { stop } = watchAllocations((count) => count === failing);
      try {
        tf.tidy(() => void apply(x));
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfMemoryError);
        failures++;
      } finally {
        stop();
      }
    }
    expect(failures).toBeGreaterThan(2);
    expect(heap().HEAPU8.slice(0, 1024)).toEqual(lowMemory);
    x.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend().numDataIds()).toBe(dataIds);
  });
});

/** 0 if there is no room. */
function tryMalloc(bytes: number): number {
  try {
    return heap()._malloc(bytes);
  } catch {
    return 0;
  }
}

describe('a heap that is really full', () => {
  const blocks: number[] = [];
  afterAll(() => {
    for (const block of blocks) heap()._free(block);
  });

  it('makes a training step fail with what it wanted, and leaves the layer as it was', () => {
    const layer = new BatchNorm({ numFeatures: 4 });
    const x = tf.ones([2 ** 20, 4]);
    for (let bytes = 2 ** 31; bytes >= 2 ** 22; bytes /= 2) {
      for (let block = tryMalloc(bytes); block !== 0; block = tryMalloc(bytes)) blocks.push(block);
    }
    expect(() => layer.apply(x, { training: true })).toThrow(/WebAssembly heap has no 16\.0 MiB left/);
    while (blocks.length > 0) heap()._free(blocks.pop()!);
    expect(Array.from(layer.runningVariance!.dataSync())).toEqual([1, 1, 1, 1]);
    const y = layer.apply(x, { training: true });
    expect(y.shape).toEqual([2 ** 20, 4]);
    layer.dispose();
    tf.dispose([x, y]);
  });
});

describe('a backend that is removed and started again', () => {
  it('gets kernels on its new heap', async () => {
    const [, shape, apply] = operations[0]!;
    const before = results(shape, apply);
    const first = backend();
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, 2);
    await useBackend('wasm');
    expect(backend()).not.toBe(first);
    expect(results(shape, apply)).toEqual(before);
  });
});
