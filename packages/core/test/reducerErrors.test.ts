import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BackendError,
  BatchNorm,
  batchNorm,
  kerasBatchNorm,
  OptionError,
  type Reducer,
  ReducerError,
  registerBackend,
  ShapeError,
} from '../src/index.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';
import { groupOfOthers, mirrored } from './support/reducers.js';
import { refusalOf } from './support/refusal.js';
import { sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const x = sample([4, 3]);
// biome-ignore lint/suspicious/noExplicitAny: what the types forbid
const untyped = (reducer: unknown): any => reducer;

describe.each([
  ['batchNorm', (reducer: unknown) => batchNorm(x, { reducer: untyped(reducer) })],
  ['BatchNorm', (reducer: unknown) => new BatchNorm({ numFeatures: 3, reducer: untyped(reducer) })],
] as const)('%s refuses a reducer', (name, call) => {
  test.each([
    ['null', null, 'got null'],
    ['a number', 2, 'got number'],
    ['an object without functions', { rank: 0, size: 2 }, 'got object'],
  ])('that is %s', (_, reducer, got) => {
    const error = refusalOf(() => call(reducer));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toBe(
      `${name}: reducer must be a Reducer with the functions allReduceSum and allGather, ${got}`,
    );
  });

  test.each([
    { rank: 2, size: 2 },
    { rank: -1, size: 2 },
    { rank: 0.5, size: 2 },
    { rank: 0, size: 0 },
    { rank: 0, size: undefined },
  ])('of rank $rank and size $size', ({ rank, size }) => {
    const error = refusalOf(() => call({ ...mirrored(2), rank, size }));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toContain(`got rank ${rank} of size ${size}`);
  });
});

test('presets take a reducer', () => {
  const reducer = mirrored(2);
  expect(kerasBatchNorm({ numFeatures: 3, reducer }).options.reducer).toBe(reducer);
});

describe('too few values', () => {
  const none = (own: Float64Array) => own.map(() => 0);

  test('are counted over all members', () => {
    const one = sample([1, 3]);
    expect(() => batchNorm(one, { reducer: mirrored(2) })).not.toThrow();
    expect(() => batchNorm(one, { reducer: mirrored(2), mask: tf.ones([1]) })).not.toThrow();
  });

  test.each([{ samples: 1 }, { samples: 0 }])(
    'are refused after the members have met: $samples',
    ({ samples }) => {
      const reducer = groupOfOthers(none, 3);
      const layer = new BatchNorm({ numFeatures: 3, reducer });
      const error = refusalOf(() => layer.apply(tf.ones([samples, 3]), { training: true }));
      expect(error).toBeInstanceOf(ShapeError);
      expect(error.message).toBe(
        `BatchNorm in training needs more than one value per channel, got ${samples} from all 3 members of the group, ` +
          `x of shape [${samples}, 3] from rank 0`,
      );
      expect(reducer.calls).toEqual(['allGather']);
      expect([...layer.runningMean!.dataSync()]).toEqual([0, 0, 0]);
    },
  );
});

describe('members that do not run the same', () => {
  test('are told which channels came from where', () => {
    const error = refusalOf(() =>
      batchNorm(x, { reducer: groupOfOthers((own, rank) => (rank === 2 ? new Float64Array(16) : own), 3) }),
    );
    expect(error).toBeInstanceOf(ReducerError);
    expect(error.message).toBe(
      'BatchNorm: all 3 members of the group must run the same layers in the same order, ' +
        'got 3 channels on rank 0 and 5 on rank 2',
    );
  });

  test('are told where a reducer gives too few parts', () => {
    const reducer: Reducer = { ...mirrored(2), allGather: (values) => [values] };
    expect(refusalOf(() => batchNorm(x, { reducer })).message).toContain('got the parts of 1');
  });
});

test('bad arguments are refused before the members meet', () => {
  const reducer = mirrored(2);
  const layer = new BatchNorm({ numFeatures: 3, reducer });
  refusalOf(() => layer.apply(sample([4, 2]), { training: true }));
  refusalOf(() => layer.apply(x, { training: true, mask: tf.ones([3]) }));
  refusalOf(() => batchNorm(x, { reducer, epsilon: 0 }));
  expect(reducer.calls).toEqual([]);
});

describe('gradients of gradients', () => {
  const cube = (x: tf.Tensor) => tf.sum(tf.pow(batchNorm(x, { reducer: mirrored(2) }).y, 3));
  const ofVariance = (x: tf.Tensor) => tf.sum(tf.square(batchNorm(x, { reducer: mirrored(2) }).variance));

  test.each([
    ['y', cube],
    ['variance', ofVariance],
  ])('of %s are refused rather than wrong', (_, loss) => {
    const error = refusalOf(() => tf.grad((x) => tf.sum(tf.square(tf.grad(loss)(x))))(x));
    expect(error).toBeInstanceOf(ReducerError);
    expect(error.message).toContain('gradients of gradients are not computed over a group');
  });
});

test('a backend that cannot be read without waiting is refused before the members meet', async () => {
  addTfjsBackend('deferred');
  registerBackend({ ...genericBackend, name: 'deferred' });
  await tf.setBackend('deferred');
  const x = sample([4, 3]);
  const empty = tf.zeros([0, 3]);
  const backend = tf.backend();
  const { readSync } = backend;
  backend.readSync = () => {
    throw new Error('not now');
  };
  try {
    const reducer = mirrored(2);
    for (const input of [x, empty]) {
      const error = refusalOf(() => batchNorm(input, { reducer }));
      expect(error).toBeInstanceOf(BackendError);
      expect(error.message).toContain("the tfjs backend 'deferred' cannot be read without waiting here");
      expect(error.cause).toEqual(new Error('not now'));
    }
    expect(reducer.calls).toEqual([]);
  } finally {
    backend.readSync = readSync;
    await tf.setBackend('cpu');
  }
});
