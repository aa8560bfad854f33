import '@bn/cpu-ref';
import { useThreads } from '@bn/wasm';
import '@bn/wasm-train';
import { shareEverything, takenByWorkers } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

/**
 * On wasm with more threads than one, these take part in operations of any size.
 *
 * @returns a function for the end of what runs on the backend, which throws if they have not.
 */
export async function startBackend(name, threads) {
  if (!(await tf.setBackend(name))) throw new Error(`${name} does not start`);
  if (name === 'wasm') await useThreads(threads);
  if (threads === 1) return () => {};
  shareEverything();
  const before = takenByWorkers();
  return () => {
    const taken = takenByWorkers() - before;
    if (taken < 100) throw new Error(`the workers have taken ${taken} pieces of work`);
  };
}
