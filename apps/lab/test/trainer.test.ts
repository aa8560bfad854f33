/** The worker's side of the lab, in Node on wasm and cpu. */

import { standardSettings } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import type { DatasetSource, RunSettings, TrainerEvent } from '../src/protocol.js';
import { Trainer } from '../src/worker/trainer.js';
import { idxSource } from './support.js';

const settings: RunSettings = {
  norm: 'batch',
  placement: 'before',
  ...standardSettings,
  batchSize: 8,
  epochs: 2,
  seed: 3,
};

let source: DatasetSource;
beforeEach(async () => {
  source ??= await idxSource(48, 8);
  await startBackend('wasm');
});

/** A trainer with data, and all that it reports. */
async function trainerOn(backend: 'wasm' | 'cpu') {
  const events: TrainerEvent[] = [];
  const waiting = new Map<(event: TrainerEvent) => boolean, () => void>();
  const trainer = new Trainer(startBackend as (name: string) => Promise<void>, (event) => {
    events.push(event);
    for (const [matches, resolve] of waiting) if (matches(event)) resolve();
  });
  await trainer.useBackend(backend);
  await trainer.loadDataset(source);
  const until = (matches: (event: TrainerEvent) => boolean) =>
    events.some(matches) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(matches, resolve));
  return { trainer, events, until };
}

const ofKind = <Kind extends TrainerEvent['kind']>(events: TrainerEvent[], kind: Kind) =>
  events.filter((event): event is Extract<TrainerEvent, { kind: Kind }> => event.kind === kind);

const finished = ({ kind }: TrainerEvent) => kind === 'finished';
const pointsOf = (events: TrainerEvent[]) => ofKind(events, 'points').flatMap(({ points }) => points);
const losses = (events: TrainerEvent[]) => ofKind(events, 'epoch').map(({ metrics }) => metrics.trainLoss);

async function uninterrupted(): Promise<number[]> {
  const { trainer, events, until } = await trainerOn('wasm');
  await trainer.createRun('whole', settings);
  await trainer.train();
  await until(finished);
  return losses(events);
}

test('swapped from wasm to cpu and back in mid-epoch, a run has the losses of one that never swapped', async () => {
  const expected = await uninterrupted();
  const { trainer, events, until } = await trainerOn('wasm');
  await trainer.createRun('swapped', settings);
  await trainer.train();
  await trainer.useBackend('cpu');
  expect(tf.getBackend()).toBe('cpu');
  const before = pointsOf(events).length;
  await until(() => pointsOf(events).length >= before + 2);
  await trainer.useBackend('wasm');
  expect(tf.getBackend()).toBe('wasm');
  await until(finished);
  const swapped = losses(events);
  expect(swapped).toHaveLength(2);
  for (const [epoch, loss] of swapped.entries()) expect(Math.abs(loss - expected[epoch]!)).toBeLessThan(1e-3);
});

test('paused, saved, opened by another trainer and resumed, a run has the same losses to the last bit', async () => {
  const expected = await uninterrupted();
  const first = await trainerOn('wasm');
  await first.trainer.createRun('run', settings);
  await first.trainer.train();
  await first.trainer.pause();
  const { checkpoint } = ofKind(first.events, 'saved').at(-1)!;

  const second = await trainerOn('wasm');
  const opened = await second.trainer.openRun('run', checkpoint);
  expect(opened.resumable).toBe(true);
  expect(opened.training!.position.seen).toBeGreaterThan(0);
  expect(opened.training!.position.seen).toBeLessThan(48);
  await second.trainer.train();
  await second.until(finished);
  expect([...losses(first.events), ...losses(second.events)]).toEqual(expected);
});

test('the points of a run cover every image once, over a pause', async () => {
  const { trainer, events, until } = await trainerOn('wasm');
  await trainer.createRun('run', settings);
  await trainer.train();
  await trainer.pause();
  await trainer.train();
  await until(finished);
  const points = pointsOf(events);
  expect(points.reduce((sum, { images }) => sum + images, 0)).toBe(96);
  expect(points.at(-1)!.at).toBe(2);
});

test('a backend that cannot start leaves the run in training on the one before', async () => {
  const { trainer, until } = await trainerOn('wasm');
  await trainer.createRun('run', settings);
  await trainer.train();
  await expect(trainer.useBackend('webgl')).rejects.toThrow();
  expect(tf.getBackend()).toBe('wasm');
  await until(finished);
});

test('swaps leave no tensors behind, and their bytes move along', async () => {
  const { trainer } = await trainerOn('wasm');
  await trainer.createRun('run', { ...settings, epochs: 50 });
  await trainer.inspect();
  const before = tf.memory();
  for (const name of ['cpu', 'wasm', 'cpu', 'wasm'] as const) {
    await trainer.train();
    await trainer.useBackend(name);
  }
  await trainer.pause();
  await trainer.inspect();
  const after = tf.memory();
  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numBytes).toBe(before.numBytes);
});

test('what is no checkpoint is refused, and the run in training is untouched', async () => {
  const { trainer, events, until } = await trainerOn('wasm');
  await trainer.createRun('run', settings);
  await trainer.train();
  await expect(trainer.openRun('other', new Uint8Array(100))).rejects.toThrow('not a valid safetensors file');
  await until(finished);
  expect(events.every(({ run }) => run === 'run')).toBe(true);
});

test('a run of other data can be looked at, but does not go on', async () => {
  const first = await trainerOn('wasm');
  await first.trainer.createRun('run', settings);
  const { checkpoint } = ofKind(first.events, 'saved').at(-1)!;
  await first.trainer.loadDataset(await idxSource(40, 8));
  const { resumable } = await first.trainer.openRun('run', checkpoint);
  expect(resumable).toBe(false);
  expect((await first.trainer.evaluate()).accuracy).toBeGreaterThanOrEqual(0);
  await expect(first.trainer.train()).rejects.toThrow(
    'expected the data set of this run with 48 training images',
  );
});

test('an evaluation ends where another run is opened meanwhile', async () => {
  const { trainer } = await trainerOn('wasm');
  await trainer.loadDataset(await idxSource(8, 1000));
  await trainer.createRun('evaluated', settings);
  const evaluation = trainer.evaluate();
  await trainer.createRun('other', settings);
  await expect(evaluation).rejects.toMatchObject({ code: 'LENET_INTERRUPTION' });
});

test('a run that diverges says so, and its last save stays as it was', async () => {
  const { trainer, events, until } = await trainerOn('wasm');
  await trainer.createRun('run', { ...settings, norm: 'none', learningRate: 1e38 });
  const saved = ofKind(events, 'saved').length;
  await trainer.train();
  await until(({ kind }) => kind === 'diverged');
  await trainer.pause();
  expect(ofKind(events, 'saved')).toHaveLength(saved);
});
