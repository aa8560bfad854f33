/** The page from its start on: worker, backend, images, the runs of last time. */

import { type BackendName, backendNames } from '@bn/backends';
import { reasonOf } from '@bn/lenet';
import { effect } from '@preact/signals';
import { CrashError } from '../errors.js';
import { textOf } from '../messages/reasons.js';
import type { DatasetSource } from '../protocol.js';
import { inTurn } from './attempt.js';
import { call, connect } from './connection.js';
import { bundledDatasets } from './datasets.js';
import { leave, open, train } from './hand.js';
import {
  active,
  activeId,
  backend,
  changeRun,
  dataset,
  notices,
  notify,
  runById,
  runs,
  swappingTo,
  worker,
} from './page.js';
import { trainNext } from './queue.js';
import { remember, remembered } from './remembered.js';
import { openStore } from './store.js';
import { claim, refresh, settle } from './tabs.js';
import { threads } from './threads.js';
import { forgetViews, refreshPredictions } from './views.js';

let source: DatasetSource = bundledDatasets[0]!;

/** Starts the page. */
export async function begin(): Promise<void> {
  await openStore();
  await refresh();
  const chosen = remembered(
    'dataset',
    bundledDatasets.map(({ name }) => name),
  );
  source = bundledDatasets.find(({ name }) => name === chosen) ?? source;
  const lookedAt = remembered(
    'run',
    runs.value.map(({ id }) => id),
  );
  effect(() => {
    if (activeId.value) remember('run', activeId.value);
  });
  await inTurn(async () => {
    await startWorker();
    const last = lookedAt ? runById(lookedAt) : runs.value.at(-1);
    // Nothing is saved of a run that has not begun, and what is left of one that diverged is of no use.
    if (last === undefined || ['queued', 'failed', 'diverged'].includes(last.status)) return;
    if ((await claim(last.id)) === 'ours') await open(last.id);
  });
  // A person who comes from another tab sees what has become of the runs there.
  const look = () => void inTurn(refresh);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look();
  });
}

/** A new worker, with the backend and the images of the one before. */
async function startWorker(): Promise<void> {
  const available = await connect({
    onEnd: () => void inTurn(trainNext),
    onEpoch: refreshPredictions,
    restart: (wasTraining) => void restart(wasTraining),
  });
  const usable = available.filter(({ missing }) => missing === undefined).map(({ name }) => name);
  const wanted = backend.value ?? remembered('backend', backendNames);
  await startOneOf(usable.sort((a, b) => Number(b === wanted) - Number(a === wanted)));
  dataset.value = await call('loadDataset', source);
  worker.value = 'ready';
}

/** Makes the first that starts the backend; says why others did not. */
async function startOneOf([name, ...others]: readonly BackendName[]): Promise<void> {
  try {
    await call('useBackend', name!, threads.value);
    backend.value = name;
  } catch (error) {
    if (others.length === 0) throw error;
    const reason = reasonOf(error);
    notify({ tone: 'error', text: (t) => t.backend.failed(name!, undefined, textOf(reason, t)) });
    await startOneOf(others);
  }
}

/** After a crash: goes on with the run from where it was last saved. */
async function restart(wasTraining: boolean): Promise<void> {
  notices.value = notices.value.filter(({ action }) => action === undefined);
  await inTurn(async () => {
    const last = active.value;
    activeId.value = undefined;
    await startWorker();
    if (last === undefined) return;
    await open(last.id);
    if (wasTraining) await train();
  });
}

/** Swaps the backend, in the middle of a run or not. */
export async function swap(to: BackendName): Promise<void> {
  const from = backend.value;
  if (to === from || swappingTo.value !== undefined) return;
  swappingTo.value = to;
  try {
    await call('useBackend', to, threads.value);
    backend.value = to;
    remember('backend', to);
    const record = active.value;
    if (from && record && record.at > 0 && ['training', 'paused'].includes(record.status)) {
      changeRun(record.id, (run) => ({ ...run, swaps: [...run.swaps, { at: run.at, from, to }] }));
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (worker.value !== 'crashed')
      notify({ tone: 'error', text: (t) => t.backend.failed(to, from, textOf(reason, t)) });
  } finally {
    swappingTo.value = undefined;
  }
}

/** Changes the number of wasm's threads, in the middle of a run or not: the results stay the same, bit for bit. */
export async function changeThreads(count: number): Promise<void> {
  if (swappingTo.value !== undefined) return;
  const before = threads.value;
  threads.value = count;
  if (backend.value === 'wasm') {
    swappingTo.value = 'wasm';
    try {
      await call('useBackend', 'wasm', count);
    } catch (error) {
      threads.value = before;
      const reason = reasonOf(error);
      if (worker.value !== 'crashed')
        notify({ tone: 'error', text: (t) => t.backend.failed('wasm', 'wasm', textOf(reason, t)) });
    } finally {
      swappingTo.value = undefined;
    }
  }
  remember('threads', String(threads.value));
}

/** Changes the images; the run in training is paused. */
export const changeDataset = (next: DatasetSource): Promise<void> =>
  inTurn(async () => {
    const before = dataset.value;
    dataset.value = undefined;
    try {
      dataset.value = await call('loadDataset', next);
      source = next;
      remember('dataset', next.name);
      leave();
      forgetViews();
      await settle();
    } catch (error) {
      dataset.value = before;
      if (error instanceof CrashError) throw error;
      const reason = reasonOf(error);
      notify({ tone: 'error', text: (t) => t.data.failed(textOf(reason, t)) });
    }
  });
