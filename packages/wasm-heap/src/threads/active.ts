/** The threads that are at work, and the backend whose memory they share. */
import { meeting } from '@bn/wasm-train/threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Pool } from './pool.js';
import { tuning } from './tuning.js';

let active: { readonly backend: BackendWasm; readonly pool: Pool } | undefined;
const hooked = new WeakSet<BackendWasm>();

/**
 * The threads that are to work on a tensor of so many floats; undefined where one thread does it alone.
 *
 * @throws ThreadError once, where a worker has crashed since the last call.
 */
export function threadsFor(backend: BackendWasm, floats: number): Pool | undefined {
  if (active?.backend !== backend) return undefined;
  const { pool } = active;
  if (pool.failure) {
    active = undefined;
    throw pool.failure;
  }
  return floats < tuning.smallestTensor ? undefined : pool;
}

/** The pool at work, unless it has failed. */
export function activePool(): Pool | undefined {
  return active && !active.pool.failure ? active.pool : undefined;
}

/** From here on this pool works for this backend, until the backend is disposed of; `training` if it has `@bn/wasm-train`. */
export function activate(backend: BackendWasm, pool: Pool, training: boolean): void {
  active = { backend, pool };
  const threads = {
    size: pool.size,
    range: pool.range.bind(pool),
    afterFailure: (free: () => void) => afterFailure(pool, free),
  };
  meeting.threads = training ? (current, floats) => threadsFor(current, floats) && threads : undefined;
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
export function afterFailure(pool: Pool, free: () => void): void {
  if (pool.failure && active?.pool === pool) active = undefined;
  if (pool.hung) void pool.stop().then(free);
  else free();
}
