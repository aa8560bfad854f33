/** A run keeps its order and what it has measured, whatever happens to peers. */
import { describe, expect, it, vi } from 'vitest';
import { type Case, caseTitle } from '../src/grid/cases.js';
import { type Contender, selectContenders } from '../src/grid/contenders.js';
import type { Progress } from '../src/measuring/plan.js';
import { mediansByProcess } from '../src/measuring/processes.js';
import type { Task } from '../src/measuring/protocol.js';
import { run } from '../src/measuring/run.js';
import type { BenchResult } from '../src/results/result.js';
import { cells, scripted } from './scripted.js';
import { composed, copyOf, large, ours, plan, ScriptedPeer, small, took } from './support.js';

it('goes through all cases before it measures one again, and changes who is first and who follows whom', async () => {
  const order: string[] = [];
  await scripted(
    ({ implementation }, task) => {
      order.push(`${implementation} ${caseTitle(task)}`);
      return took(1);
    },
    { settings: { rounds: 4, processes: 1, budget: 0, longestRun: 5 } },
  );
  const [a, b] = [caseTitle(small), caseTitle(large)];
  const oursFirst = [`bn ${a}`, `composed ${a}`, `bn ${b}`, `composed ${b}`];
  const oursLast = [`composed ${a}`, `bn ${a}`, `composed ${b}`, `bn ${b}`];
  expect(order).toEqual([...oursFirst, ...oursLast, ...oursLast, ...oursFirst]);
});

it('shares the rounds among processes, one after the other', async () => {
  const { starts, result } = await scripted(() => took(1), {
    cases: [small],
    settings: { rounds: 4, processes: 2, budget: 0, longestRun: 5 },
  });
  expect(starts).toEqual([ours.id, composed.id, composed.id, ours.id]);
  expect(result.rows[0]!.cells[ours.id]!.milliseconds).toHaveLength(4);
});

it('gives the median of the rounds and its interval', async () => {
  const times = [3, 1, 2, 9, 4, 5];
  const { result } = await scripted(() => took(times.shift()!), {
    cases: [small],
    contenders: [ours],
    settings: { rounds: 6, processes: 1, budget: 0, longestRun: 5 },
  });
  expect(result.rows[0]!.cells[ours.id]).toEqual({
    milliseconds: [3, 1, 2, 9, 4, 5],
    runs: 6,
    median: 3.5,
    interval: { low: 1, high: 9, confidence: 0.96875 },
  });
});

it('shows the result after each case, as running until the end', async () => {
  const { result, seen } = await scripted(() => took(1));
  expect(seen).toHaveLength(6);
  expect(seen[0]!.rows.map((row) => Object.keys(row.cells).length)).toEqual([2, 0]);
  expect(seen.map(({ state }) => state)).not.toContain('complete');
  expect(result.state).toBe('complete');
});

describe('what would take too long', () => {
  it('is measured in three rounds where a run takes more than a second', async () => {
    const { result } = await scripted(() => took(1500), {
      cases: [small],
      contenders: [ours],
      settings: { rounds: 7, processes: 1, budget: 0, longestRun: 5 },
    });
    expect(cells(result, ours.id)[0]!.milliseconds).toEqual([1500, null, null, 1500, null, null, 1500]);
  });

  it('is left out where a smaller case tells', async () => {
    const { result } = await scripted(() => took(900), {
      contenders: [ours],
      settings: { rounds: 2, processes: 1, budget: 0, longestRun: 5 },
    });
    expect(cells(result, ours.id)).toMatchObject([
      { median: 900 },
      { leftOut: 'would take longer than the limit of 5 s for one run' },
    ]);
  });

  it('is left out where a smaller case gave no answer in time', async () => {
    const { result } = await scripted(() => ({ kind: 'late' }), { contenders: [ours] });
    expect(cells(result, ours.id)).toMatchObject([
      { failed: 'did not answer in time, and was stopped' },
      { leftOut: 'would take longer than the limit of 5 s for one run' },
    ]);
  });

  it('is left out where memory may not be enough', async () => {
    const { result } = await scripted(() => took(1), { freeMemory: () => 1e6 });
    expect(cells(result, ours.id)).toMatchObject([
      { median: 1 },
      { leftOut: 'may need 20.3 MB of memory, 977 KB are free' },
    ]);
  });
});

it('stops when it is told to, keeps what it has, and ends the peers', async () => {
  const controller = new AbortController();
  let measured = 0;
  const { result } = await scripted(
    () => {
      if (++measured === 3) controller.abort();
      return took(1);
    },
    {},
    controller.signal,
  );
  expect(result.state).toBe('stopped');
  expect(measured).toBe(3);
  expect(result.rows.flatMap((row) => Object.values(row.cells))).toHaveLength(2);
});

it('measures large tensors in fewer rounds if it is told to, spread over the processes', async () => {
  const huge: Case = { ...large, shape: [32, 64, 56, 56] };
  const { result } = await scripted(() => took(1), {
    cases: [small, huge],
    contenders: [ours],
    settings: { rounds: 6, largeRounds: 3, processes: 3, budget: 0, longestRun: 5 },
  });
  const [ofSmall, ofHuge] = cells(result, ours.id);
  expect(ofSmall!.milliseconds).toEqual([1, 1, 1, 1, 1, 1]);
  expect(ofHuge!.milliseconds).toEqual([1, null, null, 1, null, 1]);
  expect(mediansByProcess(ofHuge!.milliseconds, result.settings)).toEqual([1, 1, 1]);
});

it('says about how long the rest will take', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const left: number[] = [];
    const start = async () =>
      new ScriptedPeer((task) => {
        vi.advanceTimersByTime(task.shape === small.shape ? 1000 : 3000);
        return took(1);
      });
    const observer = {
      onProgress: (_: BenchResult, { secondsLeft }: Progress) => void left.push(secondsLeft),
    };
    await run(plan({ contenders: [ours] }), start, observer, new AbortController().signal);
    // Of the larger nothing is known in the beginning but its size.
    expect(left[0]).toBeGreaterThan(5);
    expect(left[0]).toBeLessThan(9);
    expect(left.slice(1)).toEqual([8, 7, 4, 3, 0]);
  } finally {
    vi.useRealTimers();
  }
});

it('ends a peer that was still starting when it was told to stop', async () => {
  const controller = new AbortController();
  const measured: Task[] = [];
  const started: ScriptedPeer[] = [];
  const start = async () => {
    const peer = new ScriptedPeer((task) => {
      measured.push(task);
      return { kind: 'failed', reason: 'lost the device' };
    });
    started.push(peer);
    // The second is started in the middle of the run, in place of the first.
    if (started.length === 2) controller.abort();
    return peer;
  };
  const result = await run(plan({ contenders: [ours] }), start, { onProgress() {} }, controller.signal);
  expect(result.state).toBe('stopped');
  expect(measured).toHaveLength(1);
  expect(started.map(({ alive }) => alive)).toEqual([false, false]);
});

it('names a device once for each way to use it', async () => {
  const [webgl, webgpu, alsoWebgl] = selectContenders({
    backends: ['webgl', 'webgpu'],
    threads: [1],
    peers: ['composed'],
  }) as [Contender, Contender, Contender];
  const start = async ({ backend }: Contender) =>
    Object.assign(new ScriptedPeer(() => took(1)), { hello: { versions: {}, gpu: `a GPU by ${backend}` } });
  const signal = new AbortController().signal;
  const contenders = [webgl, webgpu, alsoWebgl];
  const { machine } = await run(plan({ contenders }), start, { onProgress() {} }, signal);
  expect(machine.gpu).toBe('a GPU by webgl; a GPU by webgpu');
});

it('measures copies with one contender of ours for each backend', async () => {
  const { result } = await scripted(() => took(1), { cases: [copyOf(small)] });
  expect(Object.keys(result.rows[0]!.cells)).toEqual([ours.id]);
});
