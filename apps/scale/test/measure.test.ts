/** What is measured runs; how long it takes is no matter here. */
import { mpirunCommand } from '@bn/mpi';
import { reasonOf, whyMissing } from '@bn/tooling/processes';
import { describe, expect, it } from 'vitest';
import { measureApart, measureGroup } from '../src/measure/processes.js';
import { repeat } from '../src/measure/timing.js';
import type { LinkTimes, Measured, StepTime } from '../src/results.js';

const seconds = 0.001;
const missing = whyMissing(() => mpirunCommand({ program: 'node', parameters: [] }, { processes: 1 }));

describe('a measurement', () => {
  it('of processes without a group gives steps on each number of images', async () => {
    const [steps] = await measureApart<StepTime[]>(1, { task: 'work', sizes: [2, 4], seconds });
    expect(steps!.map(({ images }) => images)).toEqual([2, 4]);
    for (const { step } of steps!) expect(step).toBeGreaterThan(0);
  });

  it('that fails says why', async () => {
    await expect(measureApart(1, { task: 'work', sizes: [-1], seconds })).rejects.toThrow(
      /ended with exit code \d+: .*shard: total must be/s,
    );
  });
});

describe.skipIf(missing)(`a measurement of a group${reasonOf(missing)}`, () => {
  it('gives the step, and the communication in it', async () => {
    const job = { task: 'lenet', images: 5, threads: 1, seconds } as const;
    const { step, communication } = await measureGroup<Measured>(2, job, undefined);
    expect(communication).toBeGreaterThan(0);
    expect(step).toBeGreaterThan(communication!);
  });

  it('gives the time of each gather and average', async () => {
    const job = { task: 'link', gathers: [1, 1000], averages: [10], seconds } as const;
    const { gathers, averages } = await measureGroup<LinkTimes>(2, job, undefined);
    expect(gathers.map(({ values }) => values)).toEqual([1, 1000]);
    expect(averages.map(({ values }) => values)).toEqual([10]);
    for (const { milliseconds } of [...gathers, ...averages]) expect(milliseconds).toBeGreaterThan(0);
  });

  it('gives the time of the messages of a step', async () => {
    const job = { task: 'messages', network: 'LeNet', seconds } as const;
    const { milliseconds } = await measureGroup<{ milliseconds: number }>(2, job, undefined);
    expect(milliseconds).toBeGreaterThan(0);
  });
});

describe('repeating', () => {
  it('takes as many repetitions as the ranks agree on, after a warm-up', () => {
    let runs = 0;
    let begun = 0;
    const run = () => {
      runs++;
    };
    const begin = () => {
      begun = runs;
    };
    expect(repeat(run, { seconds: 0, agree: () => 7, begin })).toHaveLength(7);
    expect(runs - begun).toBe(7);
    expect(begun).toBeGreaterThan(0);
  });
});
