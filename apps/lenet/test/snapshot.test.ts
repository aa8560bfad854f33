import { beforeAll, expect, test } from 'vitest';
import { CheckpointError } from '../src/errors.js';
import { exportState } from '../src/model/arrays.js';
import { decodeCheckpoint, encodeCheckpoint } from '../src/model/checkpoint.js';
import { createLeNet } from '../src/model/initialization.js';
import { Random, randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { startOfEpoch } from '../src/training/position.js';
import { standardSettings } from '../src/training/settings.js';
import { decodeSnapshot, encodeSnapshot } from '../src/training/snapshot.js';

beforeAll(() => startBackend('cpu'));

const model = () => createLeNet({ norm: 'group', placement: 'after' }, randomStreams(1).initialization);
const settings = { ...standardSettings, epochs: 4, batchSize: 64, seed: 7, trainCount: 6000 };
const metrics = {
  epoch: 1,
  trainLoss: 0.1 + 0.2,
  trainAccuracy: 0.5,
  testLoss: 1e-7,
  testAccuracy: 0.25,
  seconds: 1.5,
  examplesPerSecond: 4000,
};
const { shuffling } = randomStreams(7);
const position = { ...startOfEpoch(2, shuffling), seen: 128, lossSum: 1 / 3, correctSum: 90, seconds: 0.125 };

test('a run is the same after a round trip, to the last bit of each number', async () => {
  const one = model();
  const other = decodeSnapshot(await encodeSnapshot({ model: one, settings, position, history: [metrics] }));
  expect({ settings: other.settings, position: other.position, history: other.history }).toEqual({
    settings,
    position,
    history: [metrics],
  });
  expect([other.model.norm, other.model.placement]).toEqual(['group', 'after']);
  expect(await exportState(other.model)).toEqual(await exportState(one));
  expect(Random.fromState(other.position.shuffling).permutation(100)).toEqual(shuffling.permutation(100));
});

test('a run is also a checkpoint', async () => {
  const bytes = await encodeSnapshot({ model: model(), settings, position, history: [] });
  expect(decodeCheckpoint(bytes).norm).toBe('group');
});

test('a checkpoint of weights alone is refused', async () => {
  const bytes = await encodeCheckpoint(model());
  expect(() => decodeSnapshot(bytes)).toThrow(CheckpointError);
  expect(() => decodeSnapshot(bytes)).toThrow('holds only weights');
});

const state = { settings, position, history: [metrics] };
const withSettings = (changes: object) => ({ ...state, settings: { ...settings, ...changes } });
const withPosition = (changes: object) => ({ ...state, position: { ...position, ...changes } });
const withMetrics = (changes: object) => ({ ...state, history: [{ ...metrics, ...changes }] });

const refusalOf = async (training: string): Promise<unknown> => {
  const bytes = await encodeCheckpoint(model(), { training });
  try {
    decodeSnapshot(bytes).model.dispose();
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([
  [withSettings({ batchSize: -1 }), 'settings.batchSize: expected a whole number from 1 to 60000, got -1'],
  [withSettings({ batchSize: 0 }), 'settings.batchSize: expected a whole number from 1 to 60000, got 0'],
  [withSettings({ batchSize: 2.5 }), 'settings.batchSize: expected a whole number from 1 to 60000, got 2.5'],
  [
    withSettings({ batchSize: 1e9 }),
    'settings.batchSize: expected a whole number from 1 to 60000, got 1000000000',
  ],
  [
    withSettings({ batchSize: undefined }),
    'settings.batchSize: expected a whole number from 1 to 60000, missing',
  ],
  [withSettings({ seed: '7' }), 'settings.seed: expected a whole number from 0 to 4294967295, got "7"'],
  [withSettings({ learningRate: 0 }), 'settings.learningRate: expected a positive number, got 0'],
  [withSettings({ momentum: 0.5 }), 'settings.momentum: not expected, got 0.5'],
  [withSettings({ epochs: 0 }), 'settings.epochs: expected a whole number from 1 to 100000, got 0'],
  [{ ...state, history: [] }, 'history.length: expected 1, got 0'],
  [{ ...state, history: [metrics, { ...metrics, epoch: 2 }] }, 'history.length: expected 1, got 2'],
  [{ ...state, history: [{}] }, 'history[0].trainLoss: expected a number of at least -0.001, missing'],
  [withMetrics({ epoch: 3 }), 'history[0].epoch: expected 1, got 3'],
  [withMetrics({ testAccuracy: 1.5 }), 'history[0].testAccuracy: expected a number from 0 to 1, got 1.5'],
  [withMetrics({ testLoss: 'low' }), 'history[0].testLoss: expected a number of at least -0.001, got "low"'],
  [withPosition({ seen: 1e9 }), 'position.seen: expected 6000 or a smaller multiple of 64, got 1000000000'],
  [withPosition({ seen: 100 }), 'position.seen: expected 6000 or a smaller multiple of 64, got 100'],
  [
    withPosition({ correctSum: -1e9 }),
    'position.correctSum: expected a whole number of at least 0, got -1000000000',
  ],
  [withPosition({ correctSum: 129 }), 'position.correctSum: expected a whole number from 0 to 128, got 129'],
  [withPosition({ lossSum: -5 }), 'position.lossSum: expected a number of at least -0.128, got -5'],
  [withPosition({ seen: 0, correctSum: 0 }), 'position.lossSum: expected 0, got 0.333'],
  [withPosition({ epoch: 6 }), 'position.epoch: expected a whole number from 1 to 5, got 6'],
  [withPosition({ shuffling: [] }), 'position.shuffling.length: expected 4, got 0'],
  [
    withPosition({ shuffling: [0, 0, 0, 0] }),
    'position.shuffling: expected words that are not all 0, got [0,0,0,0]',
  ],
  [null, 'all of it: expected object, got null'],
] as const)('a training state is refused: %2$s', async (training, message) => {
  const error = await refusalOf(JSON.stringify(training));
  expect(error).toBeInstanceOf(CheckpointError);
  expect(error).toMatchObject({ code: 'LENET_TRAINING_STATE' });
  expect((error as Error).message).toContain("metadata 'training' is not what this trainer writes");
  expect((error as Error).message).toContain(message);
});

test('metadata that are no JSON are refused', async () => {
  expect(await refusalOf('{')).toMatchObject({
    message: expect.stringContaining('training: expected JSON, got {'),
  });
});

test.each([
  ['in the middle of an epoch', state],
  ['at the end of an epoch, before its evaluation', withPosition({ seen: 6000, correctSum: 6000 })],
  [
    'after the last epoch',
    {
      settings,
      position: { ...startOfEpoch(5, shuffling) },
      history: [1, 2, 3, 4].map((epoch) => ({ ...metrics, epoch })),
    },
  ],
  ['of a network whose test loss is not finite, as JSON has it', withMetrics({ testLoss: null })],
  ['of a clock too coarse for the speed', withMetrics({ seconds: 0, examplesPerSecond: null })],
])('a training is read %s', async (_when, training) => {
  expect(await refusalOf(JSON.stringify(training))).toBeUndefined();
});

test('what is not finite comes back as it was', async () => {
  const odd = { ...metrics, testLoss: Number.NaN, examplesPerSecond: Number.POSITIVE_INFINITY };
  const decoded = decodeSnapshot(
    await encodeSnapshot({ model: model(), settings, position, history: [odd] }),
  );
  expect(decoded.history).toEqual([odd]);
});
