/** The measuring loop, in the peer. */
import type { Measurement } from './protocol.js';
import { median } from './statistics.js';

/** A task made ready. */
export interface Prepared {
  /** What is timed, to the end of its promise where it gives one. */
  run(): unknown;
  /** Waits for work that runs have only asked for, as they do of a graphics processor; timed with the runs of a block, to the end
   * of its promise if it gives one. */
  finish?(): unknown;
  dispose(): void;
  /** Milliseconds of warm-up at the least, if much JavaScript is run once a step. */
  readonly warmUp?: number;
}

/** Where a case has been run before, a first run of more milliseconds counts: what it would be warmed up for matters little. */
const noWarmUp = 1000;
/** Milliseconds of warm-up at the least. */
const shortestWarmUp = 20;
/** The compiler takes its time over JavaScript, which is most of a short run, and undoes its work when other cases have run. */
const [shortRun, warmUpOfShortRuns] = [2, 60];
/** Runs are timed in blocks of at least so many milliseconds, well above what the clock resolves (0.1 in browsers). */
const blockMilliseconds = 2;
/** Blocks to take a median of, where the budget allows. */
const fewestBlocks = 3;

/**
 * Runs for `budget` milliseconds after a warm-up, and gives the median time of a run.
 *
 * @param known whether this peer has run the case before: compiled its code, its shaders, and taken its memory
 */
export async function measure(prepared: Prepared, budget: number, known: boolean): Promise<Measurement> {
  const warmUpStart = performance.now();
  const first = await time(prepared, 1);
  if (known && first > noWarmUp && first > budget) return { milliseconds: first, runs: 1 };
  const shortest = Math.max(budget / 2, shortestWarmUp);
  // The first run may pay for memory and compilation: the second tells whether runs are short.
  const isShort = first < shortest && (await time(prepared, 1)) < shortRun;
  const wanted = Math.max(shortest, prepared.warmUp ?? (isShort ? warmUpOfShortRuns : 0));
  while (performance.now() < warmUpStart + wanted) await time(prepared, 1);

  let perBlock = 1;
  const blocks: number[] = [];
  const start = performance.now();
  for (;;) {
    const block = await time(prepared, perBlock);
    if (block < blockMilliseconds) {
      // What was counted in shorter blocks does not mix with what comes.
      perBlock *= 2;
      blocks.length = 0;
    } else blocks.push(block / perBlock);
    const used = performance.now() - start;
    const enough = blocks.length >= fewestBlocks || used > 2 * budget;
    if (blocks.length > 0 && used >= budget && enough) break;
  }
  return { milliseconds: median(blocks), runs: blocks.length * perBlock };
}

async function time({ run, finish }: Prepared, runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) {
    const pending = run();
    if (pending instanceof Promise) await pending;
  }
  const rest = finish?.();
  if (rest instanceof Promise) await rest;
  return performance.now() - start;
}
