/**
 * Whether the workers would help now. One that is awake takes part within a microsecond; one that sleeps must be woken, which
 * takes as long as a short task.
 *
 * The wake-up and the work are the same if other programs keep the processors busy: to leave the workers out for a while after a slow
 * wake-up took 1.2 times as long, with two such programs beside two threads, and 1.2 times on an idle machine, too.
 */
import { tuning } from './tuning.js';
import * as word from './words.js';

export class Readiness {
  readonly #words: Int32Array;
  readonly #workers: number;
  #lastShortTask = Number.NEGATIVE_INFINITY;

  constructor(words: Int32Array, workers: number) {
    this.#words = words;
    this.#workers = workers;
  }

  /** Whether to share a task, whose first kernel comes soon: workers that sleep are woken for it. */
  prepare(isShort: boolean): boolean {
    if (isShort && this.#asleep() === this.#workers && !this.#followsClosely()) return false;
    this.wake();
    return true;
  }

  /** Wakes the workers that sleep. */
  wake(): void {
    if (this.#asleep() > 0) Atomics.notify(this.#words, word.epoch);
  }

  #asleep(): number {
    return Atomics.load(this.#words, word.asleep);
  }

  /** Whether there was another short task just before this one: more will follow, for which it pays to wake the workers. */
  #followsClosely(): boolean {
    const now = performance.now();
    const pause = now - this.#lastShortTask;
    this.#lastShortTask = now;
    return pause < tuning.closeMilliseconds;
  }
}
