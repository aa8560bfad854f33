/**
 * The few words of shared memory through which threads talk: what to do, who takes part, what went wrong. They are not on
 * tfjs's heap, so that their views stay valid when it grows. words.ts says what each is.
 *
 * The main thread writes down a kernel and where its record is, opens the gate and wakes the workers. A worker that finds the gate
 * open counts itself in, takes pieces until there are none, and counts itself out. The main thread takes pieces too, then
 * closes the gate and waits for those inside. A worker that wakes up too late finds the gate closed and sleeps on: it is
 * never waited for.
 */

/** The bit of the gate that says that workers may enter. */
export const OPEN = 1 << 30;

const WORDS = 16;
export const MESSAGE_BYTES = 256;

const messageAt = WORDS * Int32Array.BYTES_PER_ELEMENT;

export interface Control {
  readonly words: Int32Array;
  readonly message: Uint8Array;
}

export function createControl(): Control {
  const buffer = new SharedArrayBuffer(messageAt + MESSAGE_BYTES);
  return {
    words: new Int32Array(buffer, 0, WORDS),
    message: new Uint8Array(buffer, messageAt, MESSAGE_BYTES),
  };
}
