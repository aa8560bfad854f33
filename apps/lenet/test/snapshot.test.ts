import { beforeAll, expect, test } from 'vitest';
import { CheckpointError } from '../src/errors.js';
import { exportState } from '../src/model/arrays.js';
import { decodeCheckpoint, encodeCheckpoint } from '../src/model/checkpoint.js';
import { createLeNet } from '../src/model/initialization.js';
import { Random, randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { startOfEpoch } from '../src/training/position.js';
import { decodeSnapshot, encodeSnapshot } from '../src/training/snapshot.js';

beforeAll(() => startBackend('cpu'));

const model = () => createLeNet({ norm: 'group', placement: 'after' }, randomStreams(1).initialization);
const settings = { epochs: 4, batchSize: 64, learningRate: 0.9, seed: 7, trainCount: 6000 };
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
  expect(() => decodeSnapshot(bytes)).toThrow('holds weights only');
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  [
    'a position without the order of images',
    JSON.stringify({ settings, position: { ...position, shuffling: [] }, history: [] }),
  ],
  [
    'a setting that is no number',
    JSON.stringify({ settings: { ...settings, seed: '7' }, position, history: [] }),
  ],
  ['an epoch without metrics', JSON.stringify({ settings, position, history: [{}] })],
])('metadata with %s is refused', async (_what, training) => {
  const bytes = await encodeCheckpoint(model(), { training });
  expect(() => decodeSnapshot(bytes)).toThrow("metadata 'training' is not what this trainer writes");
});
