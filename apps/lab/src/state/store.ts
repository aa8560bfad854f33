/** Keeps the runs of the page in the browser's storage. */
import { messageOf } from '@bn/lenet';
import { holds } from './locks.js';
import { notify, runById } from './page.js';
import type { RunRecord } from './runRecord.js';
import { openStorage, type RunStorage } from './storage.js';

let storage: RunStorage | undefined;
/** Resolves when all is written that was to be written so far. */
let writes: Promise<unknown> = Promise.resolve();

export async function openStore(): Promise<void> {
  storage = await openStorage();
  if (!storage.lasting) notify({ tone: 'error', text: (t) => t.notices.notLasting });
}

/** All runs, as they were last stored. */
export async function storedRuns(): Promise<readonly RunRecord[]> {
  return (await storage!.records()).map(atRest);
}

export async function storedRun(id: string): Promise<RunRecord | undefined> {
  const record = await storage!.record(id);
  return record && atRest(record);
}

/** The last checkpoint of a run. */
export const storedCheckpoint = (id: string): Promise<Uint8Array | undefined> => storage!.checkpoint(id);

/** A run that was stored while it trained goes on where that was, when somebody wants it to. */
const atRest = (record: RunRecord): RunRecord =>
  record.status === 'training' ? { ...record, status: 'paused' } : record;

/** Writes a run of this tab as it stands on the page, with its checkpoint where there is a new one. */
export function store(id: string, checkpoint?: Uint8Array): void {
  const record = runById(id);
  // What this tab knows of another's run is out of date.
  if (record && holds(id)) write(storage!.put(record, checkpoint));
}

/** Writes whether a run is shown, whoever has it, and nothing else of it. */
export const storeHidden = (id: string, hidden: boolean): void =>
  write(storage!.change(id, (record) => ({ ...record, hidden })));

export const forget = (id: string): void => write(storage!.remove(id));

/** Resolves when all is written that was to be written so far. */
export async function written(): Promise<void> {
  await writes;
}

function write(writing: Promise<void>): void {
  const done = writing.catch((error) => {
    const reason = messageOf(error);
    notify({ tone: 'error', text: (t) => t.notices.storageFailed(reason) });
  });
  writes = Promise.all([writes, done]);
}
