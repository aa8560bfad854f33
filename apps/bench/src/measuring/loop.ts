/** The measuring loop, in the peer. */

import { median } from '@bn/tooling/median';
import { blockMilliseconds, type Prepared, time } from './prepared.js';
import type { Measurement } from './protocol.js';
import { type Experience, warmUp } from './warmUp.js';

/** If a case has been run before, a first run of more milliseconds counts: what it would be warmed up for matters little. */
const noWarmUp = 1000;
/** Blocks to take a median of, if the budget allows. */
const fewestBlocks = 3;

/**
 * Runs for `budget` milliseconds after a warm-up, and gives the median time of a run.
 *
 * @param known whether this peer has run the case before: compiled its code, its shaders, and taken its memory
 * @param experience of this peer with the same kind of work
 */
export async function measure(
  prepared: Prepared,
  budget: number,
  known: boolean,
  experience: Experience = { milliseconds: 0, runs: 0 },
): Promise<Measurement> {
  const first = await time(prepared, 1);
  if (known && first > noWarmUp && first > budget) return { milliseconds: first, runs: 1 };
  await warmUp(prepared, budget, first, experience);

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
