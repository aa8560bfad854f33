/** What a person does with runs: start, pause, go on, stop, compare, remove. */
import type { Norm } from '../../src/model/architecture.js';
import type { OpenedRun, RunSettings } from '../protocol.js';
import { inTurn } from './attempt.js';
import { call } from './connection.js';
import {
  active,
  activeId,
  changeRun,
  dataset,
  lastReport,
  newIdentity,
  runById,
  runs,
  training,
} from './page.js';
import { queuedRecord, type RunRecord, rewind, settingsOf } from './run-record.js';
import { forget, store, storedCheckpoint } from './store.js';
import { forgetViews, refreshViews } from './views.js';

/** The learning rate at which the tutorial trains, and a network without normalization learns nothing. */
const comparedLearningRate = 0.9;
const comparedNorms: readonly Norm[] = ['batch', 'none'];

/** Trains a new run; the one in training is paused. */
export const start = (settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    const record = enqueue(settings);
    await open(record);
    await train();
  });

/** Trains two runs, one after the other. */
export const compare = (settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    for (const norm of comparedNorms) enqueue({ ...settings, norm, learningRate: comparedLearningRate });
    await trainNext();
  });

/** Trains on from a run's weights, as a new run. */
export const trainOnFrom = (id: string, settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    const { norm, placement } = runById(id)!;
    const weights = await storedCheckpoint(id);
    const record = enqueue({ ...settings, norm, placement });
    await open(record, weights);
    await train();
  });

export const resume = (id: string): Promise<void> =>
  inTurn(async () => {
    if (id !== activeId.value) await open(runById(id)!);
    await train();
  });

/** Opens a run to be looked at. */
export const look = (id: string): Promise<void> => inTurn(() => open(runById(id)!));

export const pause = (id: string): Promise<void> => inTurn(() => endTraining(id, 'paused'));

export const stop = (id: string): Promise<void> =>
  inTurn(async () => {
    await endTraining(id, 'stopped');
    await trainNext();
  });

export const remove = (id: string): Promise<void> =>
  inTurn(async () => {
    if (id === activeId.value) {
      await call('pause');
      activeId.value = undefined;
      forgetViews();
    }
    runs.value = runs.value.filter((record) => record.id !== id);
    forget(id);
  });

export function setHidden(id: string, hidden: boolean): void {
  changeRun(id, (record) => ({ ...record, hidden }));
  if (runById(id)?.status !== 'training') store(id);
}

/** Trains the first run that waits, if there is one and none is in training. */
export async function trainNext(): Promise<void> {
  if (training.value) return;
  const next = runs.value.find(({ status }) => status === 'queued');
  if (next === undefined) return;
  await open(next);
  await train();
}

/** Gives the worker a run to have in hand; the one before is paused. */
export async function open(record: RunRecord, weights?: Uint8Array): Promise<void> {
  const { id } = record;
  const checkpoint = await storedCheckpoint(id);
  const opened = checkpoint
    ? await call('openRun', id, checkpoint)
    : await call('createRun', id, settingsOf(record), weights);
  leave();
  activeId.value = id;
  changeRun(id, (current) => reopened(current, opened ?? undefined));
  refreshViews();
}

function reopened(record: RunRecord, opened: OpenedRun | undefined): RunRecord {
  const status = record.status === 'queued' ? 'paused' : record.status;
  return opened?.training ? rewind({ ...record, status }, opened.training) : { ...record, status };
}

/** The worker has paused the run that it had in hand. */
export function leave(): void {
  const left = activeId.value;
  activeId.value = undefined;
  if (left === undefined) return;
  changeRun(left, (record) => (record.status === 'training' ? { ...record, status: 'paused' } : record));
}

function enqueue(settings: RunSettings): RunRecord {
  const { id, color } = newIdentity();
  const record = queuedRecord(id, color, settings, dataset.value!.trainCount);
  runs.value = [...runs.value, record];
  store(id);
  return record;
}

/** Trains the run in hand. */
export async function train(): Promise<void> {
  const { id, status } = active.value!;
  await call('train');
  lastReport.value = performance.now();
  // It may have come to its end before the worker's answer.
  changeRun(id, (record) => (record.status === status ? { ...record, status: 'training' } : record));
}

async function endTraining(id: string, status: 'paused' | 'stopped'): Promise<void> {
  // It was left meanwhile, which has paused it.
  if (id !== activeId.value) return;
  await call('pause');
  // It may have come to its end before the worker heard of the pause.
  changeRun(id, (record) =>
    record.status === 'training' || record.status === 'paused' ? { ...record, status } : record,
  );
  store(id);
  refreshViews();
}
