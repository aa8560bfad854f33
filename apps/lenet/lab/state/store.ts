/** Keeps the runs of the page in the browser's storage. */
import { messageOf } from '../../src/errors.js';
import { notify, runById } from './page.js';
import type { RunRecord } from './run-record.js';
import { openStorage, type RunStorage } from './storage.js';

let storage: RunStorage | undefined;

/** What was there when the page was last closed; a run that trained is paused. */
export async function openStore(): Promise<readonly RunRecord[]> {
  storage = await openStorage();
  if (!storage.lasting) notify({ tone: 'error', text: (t) => t.notices.notLasting });
  const records = await storage.records();
  return records.map((record) => (record.status === 'training' ? { ...record, status: 'paused' } : record));
}

/** Writes a run as it stands on the page, with its checkpoint where there is a new one. */
export function store(id: string, checkpoint?: Uint8Array): void {
  const record = runById(id);
  if (record === undefined) return;
  attempt(storage!.put(record, checkpoint));
}

export function forget(id: string): void {
  attempt(storage!.remove(id));
}

/** The last checkpoint of a run. */
export const storedCheckpoint = (id: string): Promise<Uint8Array | undefined> => storage!.checkpoint(id);

function attempt(writing: Promise<void>): void {
  writing.catch((error) => {
    const reason = messageOf(error);
    notify({ tone: 'error', text: (t) => t.notices.storageFailed(reason) });
  });
}
