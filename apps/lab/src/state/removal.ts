/** Removes runs, and brings them back, the last removed first, until the page is closed. */
import { computed, signal } from '@preact/signals';
import { inTurn } from './attempt.js';
import { call } from './connection.js';
import { endTraining, take } from './hand.js';
import { acquire } from './locks.js';
import { activeId, runById, runs } from './page.js';
import { trainNext, waitingHere } from './queue.js';
import type { RunRecord } from './runRecord.js';
import { forget, store, storedCheckpoint, written } from './store.js';
import { settle } from './tabs.js';
import { forgetViews } from './views.js';

interface RemovedRun {
  readonly record: RunRecord;
  /** Undefined for a run that had not begun. */
  readonly checkpoint: Uint8Array | undefined;
}

const removed = signal<readonly RemovedRun[]>([]);

/** The run that `undoRemoval` brings back. */
export const lastRemoved = computed(() => removed.value.at(-1)?.record);

/** Removes a run; one in training is paused before. The next that waits takes its turn. */
export const remove = (id: string): Promise<void> =>
  inTurn(async () => {
    await take(id);
    const { status } = runById(id)!;
    if (id === activeId.value) {
      await call('pause');
      activeId.value = undefined;
      forgetViews();
    }
    await takeOut(id);
    if (status === 'training') await trainNext();
  });

async function takeOut(id: string): Promise<void> {
  await written();
  const checkpoint = await storedCheckpoint(id);
  const record = runById(id)!;
  const atRest: RunRecord = record.status === 'training' ? { ...record, status: 'paused' } : record;
  removed.value = [...removed.value, { record: atRest, checkpoint }];
  runs.value = runs.value.filter((other) => other.id !== id);
  forget(id);
  await settle();
}

/** Stops a run, and removes those that wait for their turn, of which nothing is there yet. */
export const stopAll = (id: string): Promise<void> =>
  inTurn(async () => {
    for (const waiting of waitingHere()) await takeOut(waiting.id);
    await endTraining(id, 'stopped');
  });

/** Brings back the run that was removed last, as it was; one that waited for its turn waits again. */
export const undoRemoval = (): Promise<void> =>
  inTurn(async () => {
    const last = removed.value.at(-1);
    if (last === undefined) return;
    const { record, checkpoint } = last;
    await acquire(record.id);
    removed.value = removed.value.slice(0, -1);
    runs.value = [...runs.value, record].sort((a, b) => a.createdAt - b.createdAt);
    store(record.id, checkpoint);
    await settle();
    if (record.status === 'queued') await trainNext();
  });
