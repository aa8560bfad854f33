/** Lets timers, signals and the page have their turn between steps, which would otherwise keep the thread to themselves. */
import * as tf from '@tensorflow/tfjs';

const pauseEveryMilliseconds = 50;

/** A function to call between steps; it waits for a turn of the event loop when the last one is some time ago. */
export function pauser(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= pauseEveryMilliseconds) {
      await tf.nextFrame();
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}
