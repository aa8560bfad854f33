/** Every function with its gradients on drawn shapes and several threads. */
import '@tensorflow/tfjs';
import { batchNorm, batchNormInference, groupNorm, instanceNorm, layerNorm, rmsNorm } from '@bn/core';
import { drawnShapesSuite } from '@bn/tooling/drawnShapesSuite';
import * as heap from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useThreads } from '../src/index.js';

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

/** y and the three gradients. */
function computed([, shapeOf, parametersOf, apply]: Case, one: Drawn): tf.Tensor[] {
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
}

drawnShapesSuite({
  ...{ tf, heap, useThreads, drawn },
  cases: cases.map((each) => [each[0], (one: Drawn) => computed(each, one)]),
  fewestBlocks: 5,
  sharesAll: true,
});

test('a byte written outside of a block, and a number made of unwritten memory, would be seen', () => {
  const guard = heap.guardBlocks();
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
