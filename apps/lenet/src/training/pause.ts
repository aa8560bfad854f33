/** Lets timers, signals and the page have their turn between steps, which would otherwise keep the thread to themselves. */

const pauseEveryMilliseconds = 50;

/** A function to call between steps; it waits for a turn of the event loop when the last one is some time ago. */
export function pauser(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= pauseEveryMilliseconds) {
      await nextTurn();
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}

/**
 * A message to ourselves arrives behind what already waits. An animation frame would do the same, but takes up to 16 ms,
 * and a page that nobody looks at gets none: its training would stand still. Timers of 0 ms are stretched to 4.
 */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
