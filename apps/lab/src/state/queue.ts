/** Runs that wait for their turn. */
import { loneImageError, reasonOf } from '@bn/lenet';
import { CrashError } from '../errors.js';
import { textOf } from '../messages/reasons.js';
import type { RunSettings } from '../protocol.js';
import { open, train } from './hand.js';
import { acquire, holds } from './locks.js';
import { changeRun, dataset, newIdentity, notify, runById, runs, training } from './page.js';
import { queuedRecord, type RunRecord } from './runRecord.js';
import { store } from './store.js';
import { claim, settle } from './tabs.js';

/** The runs that wait in this tab. */
export const waitingHere = (): readonly RunRecord[] =>
  runs.value.filter(({ id, status }) => status === 'queued' && holds(id));

/** A new run of this tab, that waits; its id. */
export async function enqueue(settings: RunSettings): Promise<string> {
  const { trainCount } = dataset.value!;
  const problem = loneImageError(settings.norm, settings.batchSize, trainCount);
  if (problem) throw problem;
  const identity = newIdentity();
  await acquire(identity.id);
  runs.value = [...runs.value, queuedRecord(identity, settings, trainCount)];
  store(identity.id);
  return identity.id;
}

/** Trains several runs, one after the other. */
export async function trainAll(all: readonly RunSettings[]): Promise<void> {
  for (const settings of all) await enqueue(settings);
  await trainNext();
}

/** Trains the first run that waits, if there is one and none is in training. Runs that wait in another tab are its own. */
export async function trainNext(): Promise<void> {
  if (training.value) return;
  for (const { id, status } of runs.value) {
    if (status !== 'queued' || (await claim(id)) !== 'ours') continue;
    // Another tab may have trained it and left it.
    if (runById(id)!.status !== 'queued') continue;
    try {
      await open(id);
    } catch (error) {
      if (error instanceof CrashError) throw error;
      fail(id, error);
      continue;
    }
    await train();
    return;
  }
  await settle();
}

/** Marks a run that could not begin, and says why: those that wait behind it take their turn. */
function fail(id: string, error: unknown): void {
  const reason = reasonOf(error);
  changeRun(id, (record) => ({ ...record, status: 'failed', failure: reason.message }));
  store(id);
  notify({ tone: 'error', text: (t) => t.notices.notStarted(textOf(reason, t)) });
}
