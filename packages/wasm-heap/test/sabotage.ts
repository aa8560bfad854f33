/** Workers of Node that do what no worker should: code of ours runs in them first. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';

const threads = process.getBuiltinModule('node:worker_threads');
const { Worker: Original } = threads;

export const sabotage = {
  trap: inPlaceOfKernels(`throw new Error('poisoned');`),
  hang: inPlaceOfKernels('for (;;);'),
  leave: inPlaceOfKernels('process.exit(7); for (;;);'),
};

function inPlaceOfKernels(statements: string): string {
  return `
    const kernels = new Proxy({}, { get: () => () => { ${statements} } });
    WebAssembly.Instance = class { exports = kernels; };
  `;
}

/** The workers that `start` starts, which run this before their own code. */
export async function startChanged(start: () => Promise<unknown>, before = ''): Promise<Worker[]> {
  const started: Worker[] = [];
  threads.Worker = class extends Original {
    constructor(...[source, options]: ConstructorParameters<typeof Worker>) {
      const own = options?.name === 'bn-wasm';
      super(own ? `{ ${before} }\n${source}` : source, options);
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
