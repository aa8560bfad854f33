/**
 * Whether the workers would help now. One that is awake takes part within a microsecond; one that sleeps must be woken, which
 * takes as long as a short task. And if other programs keep the processors busy, a worker runs in the main thread's place, not
 * beside it: then the main thread works alone for a while.
 */
import { tuning } from './tuning.js';
import * as word from './words.js';

export class Readiness {
  readonly #words: Int32Array;
  readonly #workers: number;
  #aloneUntil = 0;
  #lastShortTask = Number.NEGATIVE_INFINITY;

  constructor(words: Int32Array, workers: number) {
    this.#words = words;
    this.#workers = workers;
  }

  /** Whether to share a task, whose first kernel comes soon: workers that sleep are woken for it. */
  prepare(isShort: boolean): boolean {
    if (this.#isAlone()) return false;
    if (isShort && this.#asleep() === this.#workers && !this.#followsClosely()) return false;
    this.wake();
    return !this.#isAlone();
  }

  /** Wakes the workers that sleep. */
  wake(): void {
    const asleep = this.#asleep();
    if (asleep === 0) return;
    const start = performance.now();
    Atomics.notify(this.#words, word.epoch);
    // A call that takes so long was interrupted by the worker that it has woken.
    if (performance.now() - start > asleep * tuning.longestWake) this.#workAlone();
  }

  /**
   * The main thread has finished its part of a kernel that took so many milliseconds, and has waited so many of them for workers. A
   * worker takes small pieces towards the end: if it is waited for that long, another program runs in its place.
   */
  noteWait(waited: number, took: number): void {
    if (waited > tuning.longestWait && waited > took / 2) this.#workAlone();
  }

  #workAlone(): void {
    this.#aloneUntil = performance.now() + tuning.aloneMilliseconds;
  }

  #isAlone(): boolean {
    return this.#aloneUntil > 0 && performance.now() < this.#aloneUntil;
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
