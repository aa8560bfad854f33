/** Indices of the 32-bit words of control.ts. */

/** Changes with every call of a kernel; workers sleep on it. */
export const epoch = 0;
/** OPEN or not, plus the number of workers inside. */
export const gate = 1;
/** The next piece that nobody has taken. */
export const next = 2;
export const pieces = 3;
export const items = 4;
/** Index of the kernel among those of all libraries. */
export const kernel = 5;
/** Address of its record. */
export const call = 6;
/** Address of the first thread's scratch space, and the bytes that each thread has. */
export const scratch = 7;
export const threadBytes = 8;
/** 1 + index of the worker whose kernel threw. */
export const failed = 9;
/** Not 0: workers return. */
export const stop = 10;
/** Pieces that workers have taken so far. */
export const takenByWorkers = 11;
/** Length of the message of the error that was thrown. */
export const messageLength = 12;
