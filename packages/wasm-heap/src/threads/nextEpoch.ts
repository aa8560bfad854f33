/**
 * How a worker waits for work: it looks out for a while, then sleeps. If it has looked out in vain and is woken right after, it has
 * most likely kept the main thread from running: both had one processor, since another program was on the next. It counts that, and
 * readiness.ts draws the conclusion.
 */
import * as word from './words.js';

/** Looks at shared memory between two looks at the clock. */
const LOOKS = 200;

/**
 * The next epoch after the one that was seen.
 *
 * @param spinMilliseconds How long it looks before it sleeps, and after how short a sleep it has looked in vain.
 */
export function nextEpoch(words: Int32Array, seen: number, spinMilliseconds: number): number {
  const spin = Atomics.load(words, word.lookOut) !== 0 ? spinMilliseconds : 0;
  const start = performance.now();
  let now = start;
  do {
    for (let i = 0; i < LOOKS; i++) {
      const epoch = Atomics.load(words, word.epoch);
      if (epoch !== seen) return epoch;
    }
    now = performance.now();
  } while (now - start < spin);
  // Counted first: whoever changes the epoch after this looks has found it counted, and wakes it.
  Atomics.add(words, word.asleep, 1);
  Atomics.wait(words, word.epoch, seen);
  Atomics.sub(words, word.asleep, 1);
  if (performance.now() - now < spin) Atomics.add(words, word.inVain, 1);
  return Atomics.load(words, word.epoch);
}
