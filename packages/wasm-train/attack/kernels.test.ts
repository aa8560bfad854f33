/**
 * The training kernels on drawn shapes, on 1, 2, 3 and 5 threads: the same bits, no byte written outside of a block, and no number made
 * of memory that nobody wrote.
 */
import '@tensorflow/tfjs';
import { useThreads } from '@bn/wasm-heap';
import { guardBlocks, shareAsUsual, shareEverything } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../src/index.js';

const seed = 19;
const shapesEach = 40;

beforeAll(async () => {
  shareEverything();
  await tf.setBackend('wasm');
  await tf.ready();
});
afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

const small = (max: number) => fc.integer({ min: 1, max });
const drawn = fc.record({
  ...{ batch: small(5), height: small(17), width: small(17), input: small(9), output: small(11) },
  ...{ filterHeight: small(4), filterWidth: small(4), stride: small(3) },
  pad: fc.constantFrom('same' as const, 'valid' as const),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** Numbers that are drawn by nobody: the same on every backend. */
const filled = (shape: number[]): tf.Tensor =>
  tf.sin(tf.range(0, tf.util.sizeFromShape(shape)).mul(1.7)).reshape(shape);

// A filter that is larger than the image fits only a padded one.
const image = ({ batch, height, width, input, filterHeight, filterWidth }: Drawn) =>
  filled([batch, Math.max(height, filterHeight), Math.max(width, filterWidth), input]);

type Case = readonly [
  string,
  (drawn: Drawn) => tf.Tensor[],
  (drawn: Drawn, ...inputs: tf.Tensor[]) => tf.Tensor,
];

const cases: readonly Case[] = [
  [
    'conv2d',
    (one) => [image(one), filled([one.filterHeight, one.filterWidth, one.input, one.output])],
    ({ stride, pad }, x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
  ],
  [
    'depthwiseConv2d',
    (one) => [image(one), filled([one.filterHeight, one.filterWidth, one.input, 2])],
    ({ stride, pad }, x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
  ],
  [
    'avgPool',
    (one) => [image(one)],
    ({ filterHeight, filterWidth, stride, pad }, x) =>
      tf.avgPool(x as tf.Tensor4D, [filterHeight, filterWidth], stride, pad),
  ],
  [
    'maxPool',
    (one) => [image(one)],
    ({ filterHeight, filterWidth, stride, pad }, x) =>
      tf.maxPool(x as tf.Tensor4D, [filterHeight, filterWidth], stride, pad),
  ],
  [
    'matMul',
    ({ batch, height, width, input, output }) => [
      filled([batch, 3 * height + 1, input * width]),
      filled([batch, input * width, 7 * output]),
    ],
    (_, a, b) => tf.matMul(a!, b!),
  ],
  [
    'add, mul and relu with broadcasts',
    ({ batch, height, width, output }) => [filled([batch, height, width * output]), filled([width * output])],
    (_, a, b) => tf.relu(tf.add(tf.mul(a!, b!), b!)),
  ],
];

/** The result and all gradients, as bits. */
function bitsOf([, inputsOf, apply]: Case, one: Drawn): Uint32Array[] {
  const tensors = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((...inputs) => apply(one, ...inputs))(inputsOf(one));
    return [value, ...grads];
  });
  const bits = tensors.map((tensor) => new Uint32Array((tensor.dataSync() as Float32Array).slice().buffer));
  tf.dispose(tensors);
  return bits;
}

const allFinite = (bits: Uint32Array): boolean => new Float32Array(bits.buffer).every(Number.isFinite);

describe('on drawn shapes', () => {
  const shapes = fc.sample(drawn, { seed, numRuns: shapesEach });
  const ofOneThread = new Map<string, Uint32Array[][]>();

  for (const threads of [1, 2, 3, 5]) {
    test.each(cases)(`%s on ${threads} threads`, async (...one) => {
      await useThreads(threads);
      const guard = guardBlocks();
      const { numTensors } = tf.memory();
      const results = shapes.map((shape) => bitsOf(one, shape));
      expect(tf.memory().numTensors).toBe(numTensors);
      guard.stop();
      expect(guard.damage).toEqual([]);
      expect(guard.count).toBeGreaterThan(2 * shapesEach);
      expect(results.flat().every(allFinite)).toBe(true);
      if (threads === 1) ofOneThread.set(one[0], results);
      else expect(results).toEqual(ofOneThread.get(one[0]));
    });
  }
});
