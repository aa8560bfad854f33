/** One training session, as the command line and the lab's worker use it. */

import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../src/dataset/images.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { activatedLayers, weightedLayers } from '../src/model/architecture.js';
import { exportState } from '../src/model/arrays.js';
import { startBackend } from '../src/run/backend.js';
import { type SessionKeeper, TrainingSession } from '../src/training/session.js';
import { standardSettings } from '../src/training/settings.js';
import { decodeSnapshot } from '../src/training/snapshot.js';
import { first } from './support.js';

const settings = { ...standardSettings, epochs: 2, batchSize: 64, seed: 5, trainCount: 300 };

let dataset: Dataset;
beforeAll(async () => {
  await startBackend('wasm');
  const { train, test } = await loadDataset('mini', { places: defaultPlaces() });
  dataset = { train: first(train, 300), test: first(test, 100) };
});

/** Saves every so many steps; tells what was saved, and what happened in which order. */
function keeper(every: number) {
  const saved: Uint8Array[] = [];
  const events: string[] = [];
  const keep: SessionKeeper = {
    isSaveDue: (unsavedSteps) => unsavedSteps >= every,
    async save(encode) {
      saved.push(await encode());
      events.push('save');
    },
    onStep: ({ epoch, seen }) => void events.push(`${epoch}:${seen}`),
    onEpoch: ({ epoch }) => void events.push(`epoch ${epoch}`),
  };
  return { keep, saved, events };
}

test('saves when that is due, and at the end of each epoch, after it has told of the step or the epoch', async () => {
  const session = TrainingSession.begin({ norm: 'batch' }, { ...settings, epochs: 1 });
  const { keep, saved, events } = keeper(2);
  await session.train(dataset, keep);
  expect(events).toEqual([
    ...['1:64', '1:128', 'save', '1:192', '1:256', 'save', '1:300', 'epoch 1', 'save'],
  ]);
  expect(session.isFinished).toBe(true);
  expect(session.unsavedSteps).toBe(0);
  const positions = saved.map((bytes) => {
    const { model, position } = decodeSnapshot(bytes);
    model.dispose();
    return [position.epoch, position.seen];
  });
  expect(positions).toEqual([
    [1, 128],
    [1, 256],
    [2, 0],
  ]);
  session.dispose();
});

test('ends by its signal, and goes on from there or from a save to the same weights, bit for bit', async () => {
  const whole = TrainingSession.begin({ norm: 'batch' }, settings);
  await whole.train(dataset, keeper(100).keep);
  const expected = await exportState(whole.model);

  const stopped = TrainingSession.begin({ norm: 'batch' }, settings);
  const controller = new AbortController();
  const { keep, saved } = keeper(2);
  const stop = { ...keep, onStep: ({ seen }: { seen: number }) => seen === 192 && controller.abort() };
  await expect(stopped.train(dataset, stop as SessionKeeper, controller.signal)).rejects.toThrow();
  expect(stopped.unsavedSteps).toBe(1);
  expect(stopped.state.position.seen).toBe(192);
  await stopped.train(dataset, keeper(100).keep);
  expect(await exportState(stopped.model)).toEqual(expected);

  const { model, ...state } = decodeSnapshot(saved[0]!);
  const resumed = new TrainingSession(model, state);
  await resumed.train(dataset, keeper(100).keep);
  expect(await exportState(resumed.model)).toEqual(expected);
  for (const session of [whole, stopped, resumed]) session.dispose();
});

test('a finished session with more epochs ends as one that had them from the start', async () => {
  const whole = TrainingSession.begin({ norm: 'batch' }, settings);
  await whole.train(dataset, keeper(1000).keep);
  const short = TrainingSession.begin({ norm: 'batch' }, { ...settings, epochs: 1 });
  await short.train(dataset, keeper(1000).keep);
  const longer = short.withEpochs(2);
  expect(longer.isFinished).toBe(false);
  await longer.train(dataset, keeper(1000).keep);
  const losses = ({ state }: TrainingSession) =>
    state.history.map(({ trainLoss, testLoss }) => [trainLoss, testLoss]);
  expect(losses(longer)).toEqual(losses(whole));
  expect(() => longer.withEpochs(1)).toThrow(
    'expected at least the 2 epochs that this run has finished, got 1',
  );
  expect(() => longer.withEpochs(2.5)).toThrow('epochs');
  for (const session of [whole, longer]) session.dispose();
});

describe('refuses, and leaves no tensors behind,', () => {
  test('data of another size', async () => {
    const before = tf.memory().numTensors;
    const session = TrainingSession.begin({ norm: 'batch' }, settings);
    const other = { ...dataset, train: first(dataset.train, 299) };
    await expect(session.train(other, keeper(1).keep)).rejects.toMatchObject({
      code: 'LENET_OTHER_DATA',
      details: { wanted: 300, got: 299 },
    });
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [{ batchSize: Number.NaN }, 'batchSize: expected a whole number from 1 to 60000, got NaN'],
    [{ epochs: 0.5 }, 'epochs: expected a whole number from 1 to 100000, got 0.5'],
    [{ learningRate: -1 }, 'learningRate: expected a positive number, got -1'],
  ])('settings out of their ranges: %o', (change, message) => {
    const before = tf.memory().numTensors;
    expect(() => TrainingSession.begin({ norm: 'batch' }, { ...settings, ...change })).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a batch of one image where the norm takes a variance over it', () => {
    const before = tf.memory().numTensors;
    const lone = { ...settings, batchSize: 299 };
    expect(() => TrainingSession.begin({ norm: 'batch' }, lone)).toThrow('leave a single image');
    TrainingSession.begin({ norm: 'group' }, lone).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('measures the steps for which that is due, leaves no tensor behind, and trains to the same bits', async () => {
  const trained = async (isMeasurementDue: SessionKeeper['isMeasurementDue']) => {
    const session = TrainingSession.begin({ norm: 'batch' }, { ...settings, epochs: 1 });
    const seen: number[] = [];
    await session.train(dataset, {
      isSaveDue: () => false,
      async save() {},
      ...(isMeasurementDue && { isMeasurementDue }),
      onStep({ seen: images, measurements }) {
        if (measurements === undefined) return;
        seen.push(images);
        expect(Object.keys(measurements.deviations)).toEqual([...activatedLayers]);
        expect(Object.keys(measurements.gradients)).toEqual([...weightedLayers]);
        const numbers = [...Object.values(measurements.deviations), ...Object.values(measurements.gradients)];
        for (const number of numbers) expect(number).toBeGreaterThan(0);
      },
    });
    const arrays = await exportState(session.model);
    const tensors = tf.memory().numTensors;
    session.dispose();
    return { arrays, seen, tensors };
  };
  const plain = await trained(undefined);
  const measured = await trained(({ seen }) => seen % 128 === 0);
  expect(measured.seen).toEqual([64, 192, 300]);
  expect(plain.seen).toEqual([]);
  expect(measured.arrays).toEqual(plain.arrays);
  expect(measured.tensors).toBe(plain.tensors);
});
