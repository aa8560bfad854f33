/** What was measured about threads. Tests change these to make threads work on tensors of a few elements, or to fail. */
export const tuning = {
  /**
   * Floats that one pass over memory reads in the time of a task, from which on threads are used (1 MiB). Waking a
   * sleeping worker takes some 50 microseconds, and such a pass 100: with half as much, one thread alone was as fast or faster.
   */
  smallestTensor: 2 ** 18,
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
