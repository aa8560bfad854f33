/** Starting and stopping one worker, in Node and in browsers. */
import { ThreadError } from '../errors.js';
import { workerSource } from '../generated/workerSource.js';
import type { Control } from './control.js';
import { nodeModule } from './environment.js';

/** What a worker is given at its start. */
export interface Assignment {
  /** Compiled kernels, and their names in the order that calls count them in. */
  readonly libraries: readonly { readonly module: WebAssembly.Module; readonly names: readonly string[] }[];
  readonly memory: WebAssembly.Memory;
  readonly control: Control;
  /** How long it keeps looking for more work before it sleeps. */
  readonly spinMilliseconds: number;
  /** From 1; the main thread is 0. */
  readonly index: number;
}

export interface Worker {
  /** Ends it at once, whatever it does. */
  terminate(): Promise<void>;
}

/**
 * Starts a worker, and waits until it is ready to work.
 *
 * @param onEnd Called if it ends by itself, or breaks, with the reason.
 * @throws ThreadError if it does not start.
 */
export async function startWorker(assignment: Assignment, onEnd: (reason: string) => void): Promise<Worker> {
  return nodeModule('node:worker_threads')
    ? startInNode(assignment, onEnd)
    : startInBrowser(assignment, onEnd);
}

function startInNode(assignment: Assignment, onEnd: (reason: string) => void): Promise<Worker> {
  const { Worker } = nodeModule('node:worker_threads')!;
  // Flags of this process, say of a test runner or a loader, are not meant for it.
  const worker = new Worker(workerSource, {
    eval: true,
    execArgv: [],
    name: 'bn-wasm',
    workerData: assignment,
  });
  return new Promise((resolve, reject) => {
    const end = (reason: string) => {
      reject(new ThreadError(`a worker did not start: ${reason}`));
      onEnd(reason);
    };
    worker.once('error', (error) => end(String(error)));
    worker.once('exit', (code) => end(`it exited with code ${code}`));
    worker.once('message', () => {
      // A sleeping worker must not keep the process alive.
      worker.unref();
      resolve({
        async terminate() {
          worker.ref();
          await worker.terminate();
        },
      });
    });
  });
}

function startInBrowser(assignment: Assignment, onEnd: (reason: string) => void): Promise<Worker> {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new globalThis.Worker(url, { name: 'bn-wasm' });
  return new Promise<Worker>((resolve, reject) => {
    worker.onerror = (event) => {
      const reason =
        event.message || "no reason given; does the page's Content-Security-Policy allow worker-src blob:?";
      reject(new ThreadError(`a worker did not start: ${reason}`));
      onEnd(reason);
    };
    worker.onmessage = () => resolve({ terminate: async () => worker.terminate() });
    worker.postMessage(assignment);
  }).finally(() => URL.revokeObjectURL(url));
}
