/** The threads that are at work, and the backend whose memory they share. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Threads } from './threads.js';
import { tuning } from './tuning.js';

let active: { readonly backend: BackendWasm; readonly pool: Threads } | undefined;
const hooked = new WeakSet<BackendWasm>();

/**
 * The threads for a task of this library that takes as long as a pass over so many floats; undefined if one thread does it
 * alone, since the task is too short or the threads were started before the library was registered. Workers that sleep are
 * woken here: what is left to do before the first kernel runs takes as long as waking up.
 *
 * @throws ThreadError once, if a worker has crashed since the last call.
 */
export function threadsFor(backend: BackendWasm, library: object, floats: number): Threads | undefined {
  if (active?.backend !== backend) return undefined;
  const { pool } = active;
  if (pool.failure) {
    active = undefined;
    throw pool.failure;
  }
  if (floats < tuning.smallestIfAwake || !pool.has(library)) return undefined;
  return pool.prepare(floats) ? pool : undefined;
}

/** The pool at work, unless it has failed. */
export function activePool(): Threads | undefined {
  return active && !active.pool.failure ? active.pool : undefined;
}

/** From here on this pool works for this backend, until the backend is disposed of. */
export function activate(backend: BackendWasm, pool: Threads): void {
  active = { backend, pool };
  if (hooked.has(backend)) return;
  hooked.add(backend);
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    if (active?.backend === backend) void stopActive();
    dispose();
  };
}

/** Ends the threads, if there are any. */
export async function stopActive(): Promise<void> {
  const pool = active?.pool;
  active = undefined;
  await pool?.stop();
}

/**
 * For what follows an error: frees memory that the threads worked on, now or when a worker that hangs is gone. A pool that
 * has failed is forgotten: its error has been thrown.
 */
export function afterFailure(pool: Threads, free: () => void): void {
  if (pool.failure && active?.pool === pool) active = undefined;
  if (pool.hung) void pool.stop().then(free);
  else free();
}
