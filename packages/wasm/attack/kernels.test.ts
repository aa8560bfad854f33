/**
 * Every function with its gradients on drawn shapes, on 1, 2, 3 and 5 threads: the same bits, no byte written outside of a block, and
 * no number made of memory that nobody wrote.
 */
import '@tensorflow/tfjs';
import {
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
  useBackend,
} from '@bn/core';
import { guardBlocks, shareAsUsual, shareEverything, takenByWorkers } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useThreads } from '../src/index.js';

const seed = 19;
const shapesEach = 40;

beforeAll(async () => {
  shareEverything();
  await useBackend('wasm');
});
afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

interface Drawn {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly groups: number;
}

const size = (max: number) => fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max }));
const drawn = fc.record({
  batch: size(40).map((batch) => batch + 1),
  channels: size(24),
  height: size(23),
  width: size(23),
  groups: fc.integer({ min: 1, max: 4 }),
});

type Apply = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, drawn: Drawn) => tf.Tensor;
type Case = readonly [string, (drawn: Drawn) => number[], (drawn: Drawn) => number, Apply];

const first = ({ batch, channels, height, width }: Drawn) => [batch, channels, height, width];
const last = ({ batch, channels, height, width }: Drawn) => [batch, height, width, channels];
const grouped = (drawn: Drawn): Drawn => ({ ...drawn, channels: drawn.channels * drawn.groups });
const channelsOf = ({ channels }: Drawn) => channels;
const channelsLast = { dataFormat: 'channelsLast' } as const;

const cases: readonly Case[] = [
  ['batchNorm', first, channelsOf, (x, gamma, beta) => batchNorm(x, { gamma, beta }).y],
  [
    'batchNorm, channels last',
    last,
    channelsOf,
    (x, gamma, beta) => batchNorm(x, { gamma, beta, ...channelsLast }).y,
  ],
  [
    'batchNorm of features with a mask',
    ({ batch, channels, height }) => [batch + height, channels],
    channelsOf,
    (x, gamma, beta) => {
      const mask = tf.tensor1d(Array.from({ length: x.shape[0]! }, (_, row) => Number(row % 3 !== 2)));
      return batchNorm(x, { gamma, beta, mask }).y;
    },
  ],
  [
    'batchNormInference',
    first,
    channelsOf,
    (x, gamma, beta, { channels }) =>
      batchNormInference(x, {
        ...{ gamma, beta, epsilon: 1e-5 },
        ...{ mean: tf.linspace(-1, 1, channels), variance: tf.linspace(0.5, 2, channels) },
      }),
  ],
  [
    'layerNorm',
    ({ batch, channels, height, width }) => [batch * channels, height * width + 1],
    ({ height, width }) => height * width + 1,
    (x, gamma, beta) => layerNorm(x, { normalizedShape: x.shape[1]!, gamma, beta }),
  ],
  [
    'rmsNorm',
    ({ batch, channels, height, width }) => [batch * channels, height * width],
    ({ height, width }) => height * width,
    (x, gamma, beta) => rmsNorm(x, { normalizedShape: x.shape[1]!, gamma }).add(beta),
  ],
  [
    'groupNorm',
    (one) => first(grouped(one)),
    (one) => channelsOf(grouped(one)),
    (x, gamma, beta, { groups }) => groupNorm(x, { numGroups: groups, gamma, beta }),
  ],
  [
    'groupNorm, channels last',
    (one) => last(grouped(one)),
    (one) => channelsOf(grouped(one)),
    (x, gamma, beta, { groups }) => groupNorm(x, { numGroups: groups, gamma, beta, ...channelsLast }),
  ],
  [
    'instanceNorm',
    ({ width, ...one }) => first({ ...one, width: width + 1 }),
    channelsOf,
    (x, gamma, beta) => instanceNorm(x, { gamma, beta }),
  ],
];

/** y and the three gradients, as bits. */
function bitsOf([, shapeOf, parametersOf, apply]: Case, one: Drawn): Uint32Array[] {
  const tensors = tf.tidy(() => {
    const shape = shapeOf(one);
    const count = parametersOf(one);
    const x = tf
      .sin(tf.range(0, tf.util.sizeFromShape(shape)))
      .add(1)
      .reshape(shape);
    const [gamma, beta] = [tf.cos(tf.range(0, count)), tf.sin(tf.range(0, count))];
    const dy = tf.cos(tf.range(0, x.size)).reshape(shape);
    const { value, grads } = tf.valueAndGrads((x, gamma, beta) => apply(x!, gamma!, beta!, one))(
      [x, gamma, beta],
      dy,
    );
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
      const taken = takenByWorkers();
      const guard = guardBlocks();
      const { numTensors } = tf.memory();
      const results = shapes.map((shape) => bitsOf(one, shape));
      expect(tf.memory().numTensors).toBe(numTensors);
      guard.stop();
      expect(guard.damage).toEqual([]);
      expect(guard.count).toBeGreaterThan(5 * shapesEach);
      expect(results.flat().every(allFinite)).toBe(true);
      if (threads === 1) ofOneThread.set(one[0], results);
      else {
        expect(results).toEqual(ofOneThread.get(one[0]));
        expect(takenByWorkers()).toBeGreaterThan(taken);
      }
    });
  }
});

test('a byte written outside of a block, and a number made of unwritten memory, would be seen', () => {
  const guard = guardBlocks();
  const backend = tf.backend() as unknown as {
    wasm: { _malloc(bytes: number): number; _free(at: number): void; HEAPU8: Uint8Array };
  };
  const pointer = backend.wasm._malloc(10);
  expect(Number.isNaN(new Float32Array(backend.wasm.HEAPU8.slice(pointer, pointer + 8).buffer)[1])).toBe(
    true,
  );
  backend.wasm.HEAPU8[pointer + 10] = 1;
  backend.wasm.HEAPU8[pointer - 1] = 1;
  backend.wasm._free(pointer);
  guard.stop();
  expect(guard.damage).toEqual(['byte -1 of a block of 10', 'byte 10 of a block of 10']);
});
