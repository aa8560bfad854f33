/** What a person does with runs: start, pause, go on, stop, compare. */
import type { Norm } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';
import { inTurn } from './attempt.js';
import { call } from './connection.js';
import { endTraining, open, train } from './hand.js';
import { active, activeId, changeRun, runById, runs } from './page.js';
import { enqueue, trainAll, trainNext } from './queue.js';
import { store, storedCheckpoint, storeHidden } from './store.js';

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
  inTurn(() =>
    trainAll(comparedNorms.map((norm) => ({ ...settings, norm, learningRate: comparedLearningRate }))),
  );

/** Trains several runs, one after the other, and shows their curves only. */
export const trainAlone = (all: readonly RunSettings[]): Promise<void> =>
  inTurn(async () => {
    for (const { id, hidden } of runs.value) if (!hidden) setHidden(id, true);
    await trainAll(all);
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
