/** The measuring loop, in the peer. */

import { median } from '@bn/tooling/median';
import { blockMilliseconds, type Prepared, time } from './prepared.js';
import type { Measurement } from './protocol.js';
import { type Experience, warmUp } from './warmUp.js';

/** If a case has been run before, a first run of more milliseconds counts: it is as fast as those that follow. */
const noWarmUp = 100;
/** Blocks to take a median of, if the budget allows. */
const fewestBlocks = 3;

/**
 * Runs for `budget` milliseconds after a warm-up, and gives the median time of a run.
 *
 * @param before milliseconds of a run when this peer measured the case before: it has compiled its code, its shaders, and taken
 * its memory. Undefined if the case is new to it.
 * @param experience of this peer with the same kind of work
 */
export async function measure(
  prepared: Prepared,
  budget: number,
  before: number | undefined,
  experience: Experience = { milliseconds: 0, runs: 0 },
): Promise<Measurement> {
  const first = await time(prepared, 1);
  if (before !== undefined && first > noWarmUp && first > budget) return { milliseconds: first, runs: 1 };
  await warmUp(prepared, budget, first, experience, before);

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
