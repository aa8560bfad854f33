/**
 * Warm-up. V8 compiles JavaScript while it runs, and its best compiler begins after thousands of calls: a function that takes
 * 0.06 ms warm takes up to ten times that in a process that is new to it. So each process first makes thousands of runs of a
 * kind of short work, and every case runs until it gets no faster. PyTorch is warmed up in the same way, in
 * scripts/torch_peer.py.
 */

import { median } from '@bn/tooling/median';
import { blockMilliseconds, type Prepared, time } from './prepared.js';

/** Of a process with a kind of work, at whatever shape. */
export interface Experience {
  milliseconds: number;
  runs: number;
}

/** JavaScript is a large part of a run of fewer milliseconds. */
const shortRun = 5;
/** A first run of more milliseconds does not hide a short one behind compilation. */
const longFirstRun = 250;

/** Milliseconds of warm-up at the least: of short runs by two windows. */
const shortest = 20;
/** A process knows a kind of short work after so many runs, or milliseconds. */
const known = { runs: 5000, milliseconds: 1000 };
/** A training step runs a lot of JavaScript, but seldom: milliseconds until a process knows steps, and before each figure. */
const [knownStep, everyStep] = [1500, 200];

/** A run is as fast as it gets if a window of so many milliseconds is faster than those before by less than this part. */
const [windowMilliseconds, faster] = [10, 0.05];
const mostWindows = 20;

/**
 * Runs until the time of a run can be believed.
 *
 * @param first milliseconds of the first run, which has been made
 * @param experience of the process with this kind of work; what is run here is added
 */
export async function warmUp(
  prepared: Prepared,
  budget: number,
  first: number,
  experience: Experience,
): Promise<void> {
  const start = performance.now();
  const before = experience.milliseconds;
  const block = new Block(prepared, experience);
  const isShort = first < longFirstRun && (await block.time()) < shortRun;
  for (;;) {
    const spent = first + performance.now() - start;
    experience.milliseconds = before + spent;
    const isKnown = prepared.isStep
      ? experience.milliseconds >= knownStep && spent >= everyStep
      : !isShort || experience.runs >= known.runs || experience.milliseconds >= known.milliseconds;
    if (isKnown && (isShort || spent >= Math.max(budget / 2, shortest))) break;
    await block.time();
  }
  if (isShort || prepared.isStep) await untilStable(block);
}

async function untilStable(block: Block): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let window = 0; window < mostWindows; window++) {
    const start = performance.now();
    const times: number[] = [];
    while (performance.now() < start + windowMilliseconds) times.push(await block.time());
    if (median(times) > best * (1 - faster)) return;
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
