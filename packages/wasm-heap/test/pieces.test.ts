/** Which thread gets which pieces of a kernel's work. */
import { describe, expect, it } from 'vitest';
import { isUntouched, layOutShares, takePieces, withdrawShares } from '../src/threads/pieces.js';
import * as word from '../src/threads/words.js';

function laidOut(items: number, pieces: number, threads: number): Int32Array {
  const words = new Int32Array(new SharedArrayBuffer(4 * word.count(threads)));
  layOutShares(words, items, pieces, threads);
  return words;
}

/** The items that a thread takes, range by range; `between` runs after each. */
function taken(words: Int32Array, thread: number, between: () => void = () => {}): [number, number][] {
  const ranges: [number, number][] = [];
  takePieces(words, thread, (from, to) => {
    ranges.push([from, to]);
    between();
  });
  return ranges;
}

const itemsOf = (ranges: [number, number][]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));

describe('the pieces of a kernel', () => {
  it.each([
    [1000, 16, 2],
    [17, 16, 2],
    [7, 7, 3],
    [2, 2, 3],
    [100, 48, 64],
  ])('cover %i items in %i pieces once, whoever of %i threads takes which', (items, pieces, threads) => {
    const words = laidOut(items, pieces, threads);
    const all: number[] = [];
    const takeOne = (thread: number): void => {
      if (thread === threads) return;
      // The next thread works whenever this one has taken something.
      all.push(...itemsOf(taken(words, thread, () => takeOne(thread + 1))));
    };
    takeOne(0);
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: items }, (_, i) => i));
  });

  it("begin with a thread's own share, the same for every kernel of as many items", () => {
    for (let kernel = 0; kernel < 2; kernel++) {
      const words = laidOut(1600, 16, 2);
      let first: [number, number][] = [];
      const second = taken(words, 1, () => {
        if (first.length === 0) first = taken(words, 0).slice(0, 1);
      });
      expect(second[0]).toEqual([800, 1200]);
      expect(first[0]).toEqual([0, 400]);
    }
  });

  it('get smaller towards the end of a share', () => {
    const words = laidOut(1600, 16, 2);
    expect(taken(words, 0).map(([from, to]) => to - from)).toEqual([400, 200, 100, 100, 400, 200, 100, 100]);
  });

  it('are taken from shares of threads that do not come', () => {
    expect(itemsOf(taken(laidOut(10, 10, 5), 3)).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('can be withdrawn', () => {
    const words = laidOut(1000, 16, 2);
    withdrawShares(words, 16, 2);
    expect(taken(words, 1)).toEqual([]);
  });

  it('tell whether a thread has begun; one without a share need not', () => {
    const words = laidOut(2, 2, 3);
    const untouched = () => [0, 1, 2].map((thread) => isUntouched(words, thread, 2, 3));
    expect(untouched()).toEqual([false, true, true]);
    taken(words, 1);
    expect(untouched()).toEqual([false, false, false]);
  });
});
