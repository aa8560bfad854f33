/** A task made ready, and the time of its runs. */

export interface Prepared {
  /** What is timed, to the end of its promise if it gives one. */
  run(): unknown;
  /** Waits for work that runs have only asked for, as they do of a graphics processor; timed with the runs of a block, to the end
   * of its promise if it gives one. */
  finish?(): unknown;
  dispose(): void;
  /** Whether it is a training step, in which much JavaScript is run once. */
  readonly isStep?: boolean;
}

/** Runs are timed in blocks of at least so many milliseconds, well above what the clock resolves (0.1 in browsers). */
export const blockMilliseconds = 2;

/** Milliseconds of so many runs, to the end of their work. */
export async function time({ run, finish }: Prepared, runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) {
    const pending = run();
    if (pending instanceof Promise) await pending;
  }
  const rest = finish?.();
  if (rest instanceof Promise) await rest;
  return performance.now() - start;
}
