/**
 * A heap that has no memory left, at the first allocation of an operation, the second, and so on until it succeeds: each time an
 * error, nothing left behind, nothing overwritten, and right numbers afterwards.
 */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import {
  BatchNorm,
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  moments,
  rmsNorm,
  useBackend,
} from '@bn/core';
import { heap, shareAsUsual, shareEverything, watchAllocations } from '@bn/wasm-heap/testing';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutOfMemoryError, useThreads } from '../src/index.js';

const backend = () => tf.engine().backend as BackendWasm;
const values = (tensors: tf.Tensor[]): number[][] => tensors.map((tensor) => Array.from(tensor.dataSync()));

let kept: tf.Tensor;
beforeAll(async () => {
  await useBackend('wasm');
  kept = tf.tensor([11, 22, 33]);
});
afterAll(() => kept.dispose());

type Apply = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;

const mask = [1, 1, 0, 1];
const operations: readonly (readonly [string, number[], number, Apply])[] = [
  ['batchNorm, channels first', [4, 3, 5, 2], 3, (x, gamma, beta) => batchNorm(x, { gamma, beta }).y],
  ['batchNorm, features', [37, 5], 5, (x, gamma, beta) => batchNorm(x, { gamma, beta }).y],
  [
    'batchNorm with a mask',
    [4, 3],
    3,
    (x, gamma, beta) => batchNorm(x, { gamma, beta, mask: tf.tensor1d(mask) }).y,
  ],
  [
    'batchNormInference',
    [4, 3],
    3,
    (x, gamma, beta) =>
      batchNormInference(x, { gamma, beta, mean: tf.zeros([3]), variance: tf.ones([3]), epsilon: 1e-5 }),
  ],
  ['groupNorm', [2, 6, 3, 3], 6, (x, gamma, beta) => groupNorm(x, { numGroups: 3, gamma, beta })],
  [
    'groupNorm, channels last',
    [2, 3, 3, 6],
    6,
    (x, gamma, beta) => groupNorm(x, { numGroups: 3, gamma, beta, dataFormat: 'channelsLast' }),
  ],
  ['instanceNorm', [2, 3, 4, 2], 3, (x, gamma, beta) => instanceNorm(x, { gamma, beta })],
  ['layerNorm', [5, 7], 7, (x, gamma, beta) => layerNorm(x, { normalizedShape: 7, gamma, beta })],
  ['rmsNorm', [5, 7], 7, (x, gamma, beta) => rmsNorm(x, { normalizedShape: 7, gamma }).add(beta)],
  ['moments', [4, 3], 3, (x, gamma, beta) => moments(x).variance.mul(gamma).add(beta)],
  ['relu, which is tfjs alone', [4, 3], 3, (x, gamma, beta) => tf.relu(x).mul(gamma).add(beta)],
];

/** Runs f until no allocation fails. */
function exhaust(f: () => number[][]): void {
  const expected = f();
  const { numTensors } = tf.memory();
  const dataIds = backend().numDataIds();
  let failures = 0;
  for (;;) {
    const lowMemory = heap().HEAPU8.slice(0, 1024);
    const watch = watchAllocations((count) => count === failures + 1);
    let result: number[][] | undefined;
    try {
      result = f();
    } catch (error) {
      expect(error).toBeInstanceOf(OutOfMemoryError);
      expect(error).toMatchObject({ code: 'BN_OUT_OF_MEMORY' });
    } finally {
      watch.stop();
    }
    expect(tf.engine().state.gradientDepth).toBe(0);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(backend().numDataIds(), `allocation ${failures + 1}`).toBe(dataIds);
    // Faster than vitest's own comparison, which takes half of the time of this test.
    expect(Buffer.compare(heap().HEAPU8.subarray(0, 1024), lowMemory), 'the first kilobyte').toBe(0);
    expect(values([kept])).toEqual([[11, 22, 33]]);
    if (result) {
      expect(result).toEqual(expected);
      break;
    }
    expect(f()).toEqual(expected);
    failures++;
  }
  expect(failures).toBeGreaterThan(3);
}

const threadCounts = [1, 2];
describe.each(
  threadCounts.flatMap((threads) => operations.map((operation) => [threads, ...operation] as const)),
)('on %d threads, %s', (threads, _, shape, channels, apply) => {
  beforeAll(async () => {
    shareEverything();
    await useThreads(threads);
  });
  afterAll(async () => {
    await useThreads(1);
    shareAsUsual();
  });

  const inputs = (): [tf.Tensor, tf.Tensor, tf.Tensor] => [
    tf.sin(tf.range(0, tf.util.sizeFromShape(shape))).reshape(shape),
    tf.linspace(0.5, 2, channels),
    tf.linspace(-1, 1, channels),
  ];

  it('forward', () => exhaust(() => tf.tidy(() => values([apply(...inputs())]))));

  it('with its gradients', () =>
    exhaust(() =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads(apply)(inputs());
        return values([value, ...grads]);
      }),
    ));

  it('with the gradient of its gradient', () =>
    exhaust(() =>
      tf.tidy(() => {
        const [x, gamma, beta] = inputs();
        const first = (input: tf.Tensor) =>
          tf
            .grad((inner: tf.Tensor) => apply(inner, gamma, beta).square())(input)
            .square();
        return values([tf.grad(first)(x)]);
      }),
    ));
});

it('a training step that fails leaves no tensors, and weights that are numbers', () => {
  const layer = new BatchNorm({ numFeatures: 3 });
  const x = tf.tensor2d([1, 2, 3, 4, 5, 7], [2, 3]);
  const optimizer = tf.train.sgd(0.1);
  // In a tidy, since tfjs's minimize itself leaves the gradients if their application fails.
  const step = () =>
    tf.tidy(() => {
      optimizer.minimize(() => tf.mean(layer.apply(x, { training: true }).square()) as tf.Scalar);
    });
  step();
  const { numTensors } = tf.memory();
  for (let failing = 1; ; failing++) {
    const watch = watchAllocations((count) => count === failing);
    let failed = false;
    try {
      step();
    } catch (error) {
      expect(error).toBeInstanceOf(OutOfMemoryError);
      failed = true;
    }
    watch.stop();
    expect(tf.memory().numTensors).toBe(numTensors);
    for (const weight of layer.weights) expect(values([weight]).flat().every(Number.isFinite)).toBe(true);
    if (!failed) break;
  }
  layer.dispose();
  optimizer.dispose();
  x.dispose();
});

it('a tensor that finds no room on its way from another backend stays where it is', async () => {
  await useBackend('cpu');
  const x = tf.tensor([1, -2, 3]);
  await useBackend('wasm');
  const watch = watchAllocations((count) => count === 1);
  expect(() => tf.relu(x)).toThrow(OutOfMemoryError);
  watch.stop();
  expect(values([x])).toEqual([[1, -2, 3]]);
  expect(values([tf.relu(x)])).toEqual([[1, 0, 3]]);
});
