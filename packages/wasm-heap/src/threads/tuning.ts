/** What was measured about threads. Tests change these to make threads work on tensors of a few elements, or to fail. */
export const tuning = {
  /**
   * Floats that one pass over memory reads in the time of a task, from which on workers are woken (1 MiB). To wake one keeps the
   * main thread for some 10 microseconds, and takes 25 to 50 until it works.
   */
  smallestTensor: 2 ** 18,
  /**
   * The same for workers that are awake, and take part within a microsecond (256 KiB): with a quarter as much nothing is gained on
   * an idle machine, and a worker that has fallen asleep meanwhile costs more than it helps.
   */
  smallestIfAwake: 2 ** 16,
  /** Milliseconds between short tasks that are taken for parts of one computation. */
  closeMilliseconds: 0.2,
  /** How long a thread that has nothing to do keeps looking for work before it sleeps. */
  spinMilliseconds: 0.1,
  /** Milliseconds of a first rest of the workers, and at most; see readiness.ts. A program has a processor for some 3 at a time. */
  shortestRest: 1,
  longestRest: 64,
  /** Floats, as above, from which on workers take part at rest (8 MiB): with 256 KiB to 1 MiB two threads take longer than one. */
  smallestAtRest: 2 ** 21,
  /** Pieces that a thread's share is cut into: threads that start late or are interrupted take fewer. */
  piecesPerThread: 8,
  /**
   * How long the main thread waits for a worker that has taken a piece, a matter of milliseconds at most, before it calls
   * that worker hung.
   */
  timeoutMilliseconds: 30_000,
  /** Whether the main thread lets the workers take pieces before it takes any itself: only tests want that. */
  workersFirst: false,
};
