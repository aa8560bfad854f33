/** Keeps runs over a reload of the page: in IndexedDB, or where the browser refuses that, in memory only. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { RunRecord } from './runRecord.js';

export interface RunStorage {
  /** Whether a reload keeps it. */
  readonly lasting: boolean;
  records(): Promise<RunRecord[]>;
  record(id: string): Promise<RunRecord | undefined>;
  checkpoint(id: string): Promise<Uint8Array | undefined>;
  /** Both together or neither; without a checkpoint, the one of before stays. */
  put(record: RunRecord, checkpoint?: Uint8Array): Promise<void>;
  /** Changes a record, if it is there, as no other tab changes it meanwhile. */
  change(id: string, change: (record: RunRecord) => RunRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

interface LabSchema extends DBSchema {
  runs: { key: string; value: RunRecord };
  checkpoints: { key: string; value: Uint8Array };
}

export async function openStorage(): Promise<RunStorage> {
  try {
    const database = await openDB<LabSchema>('lenet-lab', 1, {
      upgrade(created) {
        created.createObjectStore('runs', { keyPath: 'id' });
        created.createObjectStore('checkpoints');
      },
    });
    return new DatabaseStorage(database);
  } catch {
    return new MemoryStorage();
  }
}

class DatabaseStorage implements RunStorage {
  readonly lasting = true;

  constructor(private readonly database: IDBPDatabase<LabSchema>) {}

  async records(): Promise<RunRecord[]> {
    const records = await this.database.getAll('runs');
    return records.sort((a, b) => a.createdAt - b.createdAt);
  }

  record(id: string): Promise<RunRecord | undefined> {
    return this.database.get('runs', id);
  }

  checkpoint(id: string): Promise<Uint8Array | undefined> {
    return this.database.get('checkpoints', id);
  }

  async put(record: RunRecord, checkpoint?: Uint8Array): Promise<void> {
    const transaction = this.database.transaction(['runs', 'checkpoints'], 'readwrite');
    await Promise.all([
      transaction.objectStore('runs').put(record),
      checkpoint && transaction.objectStore('checkpoints').put(checkpoint, record.id),
      transaction.done,
    ]);
  }

  async change(id: string, change: (record: RunRecord) => RunRecord): Promise<void> {
    const transaction = this.database.transaction('runs', 'readwrite');
    const record = await transaction.store.get(id);
    await Promise.all([record && transaction.store.put(change(record)), transaction.done]);
  }

  async remove(id: string): Promise<void> {
    const transaction = this.database.transaction(['runs', 'checkpoints'], 'readwrite');
    await Promise.all([
      transaction.objectStore('runs').delete(id),
      transaction.objectStore('checkpoints').delete(id),
      transaction.done,
    ]);
  }
}

class MemoryStorage implements RunStorage {
  readonly lasting = false;
  readonly #records = new Map<string, RunRecord>();
  readonly #checkpoints = new Map<string, Uint8Array>();

  async records(): Promise<RunRecord[]> {
    return [...this.#records.values()];
  }

  async record(id: string): Promise<RunRecord | undefined> {
    return this.#records.get(id);
  }

  async checkpoint(id: string): Promise<Uint8Array | undefined> {
    return this.#checkpoints.get(id);
  }

  async put(record: RunRecord, checkpoint?: Uint8Array): Promise<void> {
    this.#records.set(record.id, record);
    if (checkpoint) this.#checkpoints.set(record.id, checkpoint);
  }

  async change(id: string, change: (record: RunRecord) => RunRecord): Promise<void> {
    const record = this.#records.get(id);
    if (record) this.#records.set(id, change(record));
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
    this.#checkpoints.delete(id);
  }
}
