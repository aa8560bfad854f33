/**
 * Whether the workers would help now. One that is awake takes part within a microsecond; one that sleeps must be woken, which
 * takes as long as a short task. And if another program keeps a processor busy, a worker and the main thread may have one between
 * them: then a worker that looks out for work keeps the main thread from giving it any. It notices, as it is woken as soon as it
 * sleeps; from then on the workers rest for a while. At rest they do not look out, and take part in long tasks only.
 *
 * With one busy program on two processors, two threads took 1.4 to 1.8 times as long as one for tasks of 65,536 to 262,144 floats, and
 * take 0.9 to 1.3 times as long with rests. If processors are idle, rests are rare: there was no difference.
 */
import { tuning } from './tuning.js';
import * as word from './words.js';

export class Readiness {
  readonly #words: Int32Array;
  readonly #workers: number;
  #lastShortTask = Number.NEGATIVE_INFINITY;
  /** As far as it has led to rests. */
  #inVain = 0;
  #rest = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(words: Int32Array, workers: number) {
    this.#words = words;
    this.#workers = workers;
    Atomics.store(words, word.lookOut, 1);
  }

  /**
   * Whether to share a task, whose first kernel comes soon: workers that sleep are woken for it.
   *
   * @param floats How long the task takes, as floats that one pass over memory reads in that time.
   */
  prepare(floats: number): boolean {
    const now = performance.now();
    if (this.#isAtRest(now)) {
      if (floats < tuning.smallestAtRest) return false;
    } else if (floats < tuning.smallestTensor) {
      if (this.#asleep() === this.#workers && !this.#followsClosely(now)) return false;
    }
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

  /** A rest that follows on another takes twice as long: the processors are still busy. */
  #isAtRest(now: number): boolean {
    const inVain = Atomics.load(this.#words, word.inVain);
    if (inVain !== this.#inVain) {
      this.#inVain = inVain;
      const isStillBusy = now - this.#restsUntil < this.#rest;
      this.#rest = isStillBusy ? Math.min(2 * this.#rest, tuning.longestRest) : tuning.shortestRest;
      this.#restsUntil = now + this.#rest;
    }
    const isAtRest = now < this.#restsUntil;
    Atomics.store(this.#words, word.lookOut, isAtRest ? 0 : 1);
    return isAtRest;
  }

  /** Whether there was another short task just before this one: more will follow, for which it pays to wake the workers. */
  #followsClosely(now: number): boolean {
    const pause = now - this.#lastShortTask;
    this.#lastShortTask = now;
    return pause < tuning.closeMilliseconds;
  }
}
