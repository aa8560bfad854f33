/** What the members of real groups run finds out reducers that are wrong. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import '@tensorflow/tfjs';
import { type Reducer, useBackend } from '@bn/core';
import { threadGroupMemory } from '@bn/core/group';
import { describe, expect, test } from 'vitest';
import { type GroupTrialsOptions, groupTrials } from '../src/group.js';

/** What each member of a group of threads says in the end. */
async function outcomes(size: number, fault: string, options: GroupTrialsOptions): Promise<string[]> {
  const memory = threadGroupMemory(size);
  const program = new URL('programs/trialsOnThread.mjs', import.meta.url);
  const workers = Array.from(
    { length: size },
    (_, rank) => new Worker(program, { workerData: { memory, rank, fault, options } }),
  );
  const said = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as string));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return said;
}

describe('the trials of a group', () => {
  test.each([false, true])('pass if the reducer is right, masked: %s', async (masked) => {
    expect(await outcomes(3, 'none', { masked, runs: 10 })).toEqual(['passed', 'passed', 'passed']);
  });

  test('fail on every member with the same small batch if sums leave out the others', async () => {
    const said = await outcomes(2, 'sums', {});
    const batches = said.map((message) => /Counterexample: (.*)/.exec(message)![1]);
    expect(batches[0]).toMatch(/"op":"batchNorm".*"cuts"/);
    expect(batches[1]).toBe(batches[0]);
    for (const message of said) expect(message).toMatch(/dx: element|rank \d has a wrong result/);
  });

  test('fail if the members hold other bits', async () => {
    const said = await outcomes(2, 'bits', {});
    expect(said.join()).toMatch('rank 1 has other bits than rank 0');
  });

  test('end with the error of a member, and no more calls', async () => {
    await useBackend('cpu');
    let calls = 0;
    const broken: Reducer = {
      rank: 0,
      size: 2,
      allReduceSum: () => {},
      allGather: () => {
        calls++;
        throw new RangeError('the cable is cut');
      },
    };
    await expect(groupTrials(broken)).rejects.toThrow(new RangeError('the cable is cut'));
    expect(calls).toBe(1);
  });
});
