/** Workers of Node that do what no worker should: their source is changed before they start. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';

const threads = process.getBuiltinModule('node:worker_threads');
const { Worker: Original } = threads;

/** What runs a piece of work in a worker's source. */
const CALL = 'kernel(...args, from, to, scratch);';

export const sabotage = {
  trap: `throw new Error('poisoned');`,
  hang: 'for (;;);',
  leave: 'process.exit(7); for (;;);',
};

/** Makes the workers that `start` starts do something else than their first piece of work; they are returned. */
export async function startChanged(start: () => Promise<unknown>, instead: string = CALL): Promise<Worker[]> {
  return startWith(start, (source) => source.replace(CALL, instead));
}

/** Starts workers whose source is changed as a whole. */
export async function startWith(
  start: () => Promise<unknown>,
  change: (source: string) => string,
): Promise<Worker[]> {
  const started: Worker[] = [];
  threads.Worker = class extends Original {
    constructor(...[source, options]: ConstructorParameters<typeof Worker>) {
      const own = options?.name === 'bn-wasm';
      super(own ? change(String(source)) : source, options);
      if (own) started.push(this);
    }
  } as typeof Worker;
  try {
    await start();
  } finally {
    threads.Worker = Original;
  }
  return started;
}

/** Resolves when all of these workers are gone. */
export async function gone(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map(async (worker) => worker.threadId === -1 || (await once(worker, 'exit'))));
}
