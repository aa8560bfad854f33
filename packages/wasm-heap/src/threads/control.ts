/**
 * The few words of shared memory through which threads talk: what to do, who takes part, what went wrong. They are not on
 * tfjs's heap, so that their views stay valid when it grows. words.ts says what each is.
 *
 * The main thread writes down a kernel and where its record is, opens the gate and wakes the workers. A worker that finds the gate
 * open counts itself in, takes pieces until there are none, and counts itself out. The main thread takes pieces too, then
 * closes the gate and waits for those inside. A worker that wakes up too late finds the gate closed and sleeps on: it is
 * never waited for.
 *
 * A worker that has nothing to do looks out for more for a while before it sleeps. While it does, a kernel is handed over within a
 * microsecond; to wake it up takes 25 to 50. nextEpoch.ts is how it waits, readiness.ts when the main thread asks for its help.
 */

import * as word from './words.js';

/** The bit of the gate that says that workers may enter. */
export const OPEN = 1 << 30;

export const MESSAGE_BYTES = 256;

export interface Control {
  readonly words: Int32Array;
  readonly message: Uint8Array;
}

/** For so many threads, the main one included. */
export function createControl(size: number): Control {
  const words = word.count(size);
  const messageAt = words * Int32Array.BYTES_PER_ELEMENT;
  const buffer = new SharedArrayBuffer(messageAt + MESSAGE_BYTES);
  return {
    words: new Int32Array(buffer, 0, words),
    message: new Uint8Array(buffer, messageAt, MESSAGE_BYTES),
  };
}
