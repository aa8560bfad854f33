/** How a thread, the main one or a worker, gets its share of the work that is written down. */
import * as word from './words.js';

/** Takes pieces until there are none left; `run` handles the items `from` to `to` (exclusive) of one. */
export function takePieces(words: Int32Array, run: (from: number, to: number) => void): void {
  const items = words[word.items]!;
  const pieces = words[word.pieces]!;
  for (;;) {
    const piece = Atomics.add(words, word.next, 1);
    if (piece >= pieces) return;
    run(Math.floor((piece * items) / pieces), Math.floor(((piece + 1) * items) / pieces));
  }
}
