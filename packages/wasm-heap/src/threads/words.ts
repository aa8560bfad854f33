/**
 * Indices of the 32-bit words of control.ts. What different threads write to at the same time lies in different cache lines, and
 * so does what threads look at over and over while they wait.
 */

/** Words of two cache lines, which processors fetch together. */
const LINES = 32;

/** Changes with every call of a kernel; workers sleep on it. */
export const epoch = 0;

/** Index of the kernel among those of all libraries. */
export const kernel = LINES;
/** Address of its record. */
export const call = LINES + 1;
/** Address of the first thread's scratch space, and the bytes that each thread has. */
export const scratch = LINES + 2;
export const threadBytes = LINES + 3;
export const items = LINES + 4;
export const pieces = LINES + 5;
/** Threads, the main one included. */
export const threads = LINES + 6;

/** OPEN or not, plus the number of workers inside. */
export const gate = 2 * LINES;

/** How many workers sleep, or are about to. */
export const asleep = 3 * LINES;
/** Not 0: workers return. */
export const stop = 3 * LINES + 1;
/** 1 + index of the worker whose kernel threw. */
export const failed = 3 * LINES + 2;
/** Length of the message of the error that was thrown. */
export const messageLength = 3 * LINES + 3;
/** Not 0: a worker that has nothing to do looks out for work before it sleeps. */
export const lookOut = 3 * LINES + 4;
/** How often a worker has looked out in vain, and was woken right after. */
export const inVain = 3 * LINES + 5;

/** Pieces that workers have taken so far. */
export const takenByWorkers = 4 * LINES;

/** The next piece of a thread's share that nobody has taken. */
export const next = (thread: number): number => (5 + thread) * LINES;

/** Words of so many threads. */
export const count = (size: number): number => next(size);
