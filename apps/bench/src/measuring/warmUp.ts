/**
 * Warm-up. V8 compiles JavaScript while it runs, and its best compiler begins after thousands of calls: a function that takes
 * 0.06 ms warm takes up to ten times that in a process that is new to it. So each process first makes thousands of runs of a
 * kind of short work, and every case runs until it gets no faster. Later cases of other shapes, and collections while the process
 * waits for its turn, take compiled code away again: so a case to which a process comes back runs until it is as fast as it was
 * before. PyTorch is warmed up in the same way, in scripts/torch_timing.py.
 */

import { median } from '@bn/tooling/median';
import { blockMilliseconds, type Prepared, time } from './prepared.js';

/** Of a process with a kind of work, at whatever shape. */
export interface Experience {
  milliseconds: number;
  runs: number;
}

/** JavaScript is a large part of a run of fewer milliseconds; and of fewer still, most of it. */
const [shortRun, shortestRun] = [5, 0.5];
/** A first run of more milliseconds does not hide a short one behind compilation; nor do so many runs, if none is faster than that. */
const longFirstRun = 250;
const cold = { runs: 5, milliseconds: 25 };

/** Milliseconds of warm-up at the least: of short runs by two windows. */
const shortest = 20;
/**
 * A process knows a kind of short work after so many runs, or milliseconds. Measured from a cold start on a busy machine: 256x120 is
 * within 5% of its best after 600 ms, runs of a millisecond and more after 200 to 600.
 */
const known = { runs: 5000, milliseconds: (run: number) => (run < shortestRun ? 1000 : 600) };
/** A training step runs a lot of JavaScript, but seldom: milliseconds until a process knows steps, and before each figure. */
const [knownStep, everyStep] = [1500, 200];

/** A run is as fast as it gets if a window of so many milliseconds is faster than those before by less than this part. */
const [windowMilliseconds, faster] = [10, 0.05];
const mostWindows = 20;
/** And not slower than when the process last measured the case by more than this part, unless it stays so for all windows. */
const slower = 0.1;

/**
 * Runs until the time of a run can be believed.
 *
 * @param first milliseconds of the first run, which has been made
 * @param experience of the process with this kind of work; what is run here is added
 * @param before milliseconds of a run when the process measured the case before; undefined if it is new to it
 */
export async function warmUp(
  prepared: Prepared,
  budget: number,
  first: number,
  experience: Experience,
  before = Number.POSITIVE_INFINITY,
): Promise<void> {
  const start = performance.now();
  const earlier = experience.milliseconds;
  const block = new Block(prepared, experience);
  let fastest = first < longFirstRun ? await block.time() : first;
  const runsBefore = experience.runs;
  for (;;) {
    const spent = first + performance.now() - start;
    experience.milliseconds = earlier + spent;
    if (isWarm(spent)) break;
    fastest = Math.min(fastest, await block.time());
  }
  if (fastest < shortRun || prepared.isStep) await untilStable(block, before);

  function isWarm(spent: number): boolean {
    const { milliseconds, runs } = experience;
    if (prepared.isStep) return milliseconds >= knownStep && spent >= everyStep;
    if (fastest < shortRun) return runs >= known.runs || milliseconds >= known.milliseconds(fastest);
    const isLong = fastest > cold.milliseconds || runs - runsBefore >= cold.runs;
    return isLong && spent >= Math.max(budget / 2, shortest);
  }
}

async function untilStable(block: Block, before: number): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let window = 0; window < mostWindows; window++) {
    const start = performance.now();
    const times: number[] = [];
    while (performance.now() < start + windowMilliseconds) times.push(await block.time());
    if (median(times) > best * (1 - faster) && median(times) <= before * (1 + slower)) return;
    best = Math.min(best, median(times));
  }
}

/** So many runs that waiting for their end weighs little. */
class Block {
  runs = 1;

  constructor(
    private readonly prepared: Prepared,
    private readonly experience: Experience,
  ) {}

  /** Milliseconds of one run. */
  async time(): Promise<number> {
    const { runs } = this;
    const milliseconds = await time(this.prepared, runs);
    this.experience.runs += runs;
    if (milliseconds < blockMilliseconds) this.runs *= 2;
    return milliseconds / runs;
  }
}
