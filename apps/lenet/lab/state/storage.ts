/** Keeps runs over a reload of the page: in IndexedDB, or where the browser refuses that, in memory only. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { RunRecord } from './run-record.js';

export interface RunStorage {
  /** Whether a reload keeps it. */
  readonly lasting: boolean;
  records(): Promise<RunRecord[]>;
  checkpoint(id: string): Promise<Uint8Array | undefined>;
  /** Both together or neither; without a checkpoint, the one of before stays. */
  put(record: RunRecord, checkpoint?: Uint8Array): Promise<void>;
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

  async checkpoint(id: string): Promise<Uint8Array | undefined> {
    return this.#checkpoints.get(id);
  }

  async put(record: RunRecord, checkpoint?: Uint8Array): Promise<void> {
    this.#records.set(record.id, record);
    if (checkpoint) this.#checkpoints.set(record.id, checkpoint);
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
    this.#checkpoints.delete(id);
  }
}
