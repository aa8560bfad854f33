/** What a person does with runs: start, pause, go on, stop, compare. */
import { loneImageError, type Norm } from '@bn/lenet';
import type { Messages } from '../messages/en.js';
import type { OpenedRun, RunSettings } from '../protocol.js';
import { inTurn } from './attempt.js';
import { call } from './connection.js';
import { acquire } from './locks.js';
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
import { Refusal } from './refusal.js';
import { queuedRecord, type RunRecord, rewind, settingsOf, statusOf } from './runRecord.js';
import { store, storedCheckpoint, storeHidden } from './store.js';
import { claim, settle } from './tabs.js';
import { refreshViews } from './views.js';

/** The learning rate at which the tutorial trains, and a network without normalization learns nothing. */
const comparedLearningRate = 0.9;
const comparedNorms: readonly Norm[] = ['batch', 'none'];

/** Trains a new run; the one in training is paused. */
export const start = (settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    await open(await enqueue(settings));
    await train();
  });

/** Trains two runs, one after the other. */
export const compare = (settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    for (const norm of comparedNorms) {
      await enqueue({ ...settings, norm, learningRate: comparedLearningRate });
    }
    await trainNext();
  });

/** Trains several runs, one after the other, and shows their curves only. */
export const trainAlone = (all: readonly RunSettings[]): Promise<void> =>
  inTurn(async () => {
    for (const { id, hidden } of runs.value) if (!hidden) setHidden(id, true);
    for (const settings of all) await enqueue(settings);
    await trainNext();
  });

/** Trains on from a run's weights, as a new run. */
export const trainOnFrom = (id: string, settings: RunSettings): Promise<void> =>
  inTurn(async () => {
    const { norm, placement } = runById(id)!;
    const weights = await storedCheckpoint(id);
    await open(await enqueue({ ...settings, norm, placement }), weights);
    await train();
  });

export const resume = (id: string): Promise<void> =>
  inTurn(async () => {
    if (id !== activeId.value) await open(id);
    if (active.value!.status !== 'finished') await train();
  });

/** Trains a finished run for some epochs more. */
export const trainFurther = (id: string, more: number): Promise<void> =>
  inTurn(async () => {
    if (id !== activeId.value) await open(id);
    const epochs = active.value!.settings!.epochs + more;
    await call('setEpochs', epochs);
    changeRun(id, (record) => ({
      ...record,
      status: 'paused',
      settings: { ...record.settings!, epochs },
    }));
    store(id);
    await train();
  });

/** Opens a run to be looked at. */
export const look = (id: string): Promise<void> => inTurn(() => open(id));

export const pause = (id: string): Promise<void> => inTurn(() => endTraining(id, 'paused'));

export const stop = (id: string): Promise<void> =>
  inTurn(async () => {
    await endTraining(id, 'stopped');
    await trainNext();
  });

export function setHidden(id: string, hidden: boolean): void {
  changeRun(id, (record) => ({ ...record, hidden }));
  storeHidden(id, hidden);
}

/** Trains the first run that waits, if there is one and none is in training. Runs that wait in another tab are its own. */
export async function trainNext(): Promise<void> {
  if (training.value) return;
  for (const { id, status } of runs.value) {
    if (status !== 'queued' || (await claim(id)) !== 'ours') continue;
    // Another tab may have trained it and left it.
    if (runById(id)!.status !== 'queued') continue;
    await open(id);
    await train();
    return;
  }
  await settle();
}

/** Gives the worker a run to have in hand; the one before is paused. */
export async function open(id: string, weights?: Uint8Array): Promise<void> {
  await take(id);
  try {
    const checkpoint = await storedCheckpoint(id);
    const opened = checkpoint
      ? await call('openRun', id, checkpoint)
      : await call('createRun', id, settingsOf(runById(id)!), weights);
    leave();
    activeId.value = id;
    changeRun(id, (current) => reopened(current, opened ?? undefined));
    refreshViews();
  } finally {
    await settle();
  }
}

/** One text each, so that a second click does not add a second notice. */
const refusals = {
  elsewhere: (t: Messages) => t.runs.elsewhere,
  gone: (t: Messages) => t.runs.gone,
};

/** @throws Refusal where another tab has the run, or has removed it. */
export async function take(id: string): Promise<void> {
  const claimed = await claim(id);
  if (claimed !== 'ours') throw new Refusal(refusals[claimed]);
}

function reopened(record: RunRecord, opened: OpenedRun | undefined): RunRecord {
  if (opened === undefined) return { ...record, status: 'paused' };
  const current = { ...record, status: statusOf(record.status, opened) };
  return opened.training ? rewind(current, opened.training) : current;
}

/** The worker has paused the run that it had in hand. */
export function leave(): void {
  const left = activeId.value;
  activeId.value = undefined;
  if (left === undefined) return;
  changeRun(left, (record) => (record.status === 'training' ? { ...record, status: 'paused' } : record));
}

/** A new run of this tab, that waits; its id. */
async function enqueue(settings: RunSettings): Promise<string> {
  const { trainCount } = dataset.value!;
  const problem = loneImageError(settings.norm, settings.batchSize, trainCount);
  if (problem) throw problem;
  const identity = newIdentity();
  await acquire(identity.id);
  runs.value = [...runs.value, queuedRecord(identity, settings, trainCount)];
  store(identity.id);
  return identity.id;
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
