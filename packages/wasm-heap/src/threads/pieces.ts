/**
 * How a thread, the main one or a worker, gets its part of the work that is written down. Each thread has a share of the pieces
 * and begins with it, so that the passes of an operation, and the operations of a training step, find in a core's own cache what
 * this core had before. A thread that has finished its share goes on with what is left of the others': one that starts late, or
 * is interrupted, holds nobody up.
 */
import * as word from './words.js';

/** Before the gate opens: nothing of any share has been taken. */
export function layOutShares(words: Int32Array, items: number, pieces: number, threads: number): void {
  words[word.items] = items;
  words[word.pieces] = pieces;
  words[word.threads] = threads;
  for (let thread = 0; thread < threads; thread++)
    words[word.next(thread)] = shareStart(thread, pieces, threads);
}

/** Leaves nothing to take. */
export function withdrawShares(words: Int32Array, pieces: number, threads: number): void {
  for (let thread = 0; thread < threads; thread++) Atomics.store(words, word.next(thread), pieces);
}

/** Whether nobody has begun with the share of a thread yet. */
export function isUntouched(words: Int32Array, thread: number, pieces: number, threads: number): boolean {
  const start = shareStart(thread, pieces, threads);
  return Atomics.load(words, word.next(thread)) === start && start < shareStart(thread + 1, pieces, threads);
}

/** Takes pieces until there are none left; `run` handles the items `from` to `to` (exclusive) of some that lie together. */
export function takePieces(words: Int32Array, thread: number, run: (from: number, to: number) => void): void {
  const items = words[word.items]!;
  const pieces = words[word.pieces]!;
  const threads = words[word.threads]!;
  for (let i = 0; i < threads; i++) {
    const share = (thread + i) % threads;
    const next = word.next(share);
    const end = shareStart(share + 1, pieces, threads);
    for (let piece = Atomics.load(words, next); piece < end; piece = Atomics.load(words, next)) {
      // Half of what is left: few calls, and small ones at the end, where threads would wait for each other.
      const after = piece + Math.ceil((end - piece) / 2);
      if (Atomics.compareExchange(words, next, piece, after) !== piece) continue;
      run(Math.floor((piece * items) / pieces), Math.floor((after * items) / pieces));
    }
  }
}

const shareStart = (thread: number, pieces: number, threads: number): number =>
  Math.floor((thread * pieces) / threads);
