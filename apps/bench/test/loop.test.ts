/** The measuring loop, on a clock that only the work moves. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { measure } from '../src/measuring/loop.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Work that takes so many milliseconds, the first times more. */
function work(milliseconds: number, ...first: number[]) {
  const run = vi.fn(() => void vi.advanceTimersByTime(first.shift() ?? milliseconds));
  return { run, dispose() {} };
}

it('warms up before it measures', async () => {
  const prepared = work(5, 20, 10);
  const { milliseconds, runs } = await measure(prepared, 50, true);
  expect(milliseconds).toBe(5);
  expect(runs).toBe(10);
});

it('runs for the budget', async () => {
  const prepared = work(10);
  expect(await measure(prepared, 200, true)).toEqual({ milliseconds: 10, runs: 20 });
});

it('makes three runs at least, unless that takes more than twice the budget', async () => {
  expect((await measure(work(40), 50, true)).runs).toBe(3);
  expect((await measure(work(300), 50, true)).runs).toBe(1);
});

it('takes a first run of more than a second for what it is, where the case is known', async () => {
  const prepared = work(1500);
  expect(await measure(prepared, 50, true)).toEqual({ milliseconds: 1500, runs: 1 });
  expect(prepared.run).toHaveBeenCalledTimes(1);
  expect(await measure(work(1500, 9000), 50, false)).toEqual({ milliseconds: 1500, runs: 1 });
});

it('times short runs in blocks that the clock can resolve', async () => {
  const { milliseconds, runs } = await measure(work(0.5), 50, true);
  expect(milliseconds).toBe(0.5);
  // Blocks of 4 runs; what went into finding that out is not counted.
  expect(runs % 4).toBe(0);
  expect(runs).toBeGreaterThan(80);
});

it('waits for work that goes on elsewhere', async () => {
  const run = () => {
    const done = new Promise((resolve) => setTimeout(resolve, 30));
    vi.advanceTimersByTime(30);
    return done;
  };
  expect((await measure({ run, dispose() {} }, 60, true)).milliseconds).toBe(30);
});

it.each([
  [1, undefined, 60],
  [5, undefined, 20],
  [5, 200, 200],
])('warms up runs of %d ms that ask for %s ms for %d ms', async (milliseconds, warmUp, expected) => {
  const prepared = work(milliseconds);
  const { runs } = await measure({ ...prepared, ...(warmUp ? { warmUp } : {}) }, 10, true);
  const warmUpRuns = prepared.run.mock.calls.length - runs;
  // Blocks that turn out too short to be timed are no warm-up.
  expect(warmUpRuns * milliseconds).toBeGreaterThanOrEqual(expected);
  expect(warmUpRuns * milliseconds).toBeLessThan(expected + 10);
});

it('waits once for all that the runs of a block have asked for, and counts that', async () => {
  const run = vi.fn(() => void vi.advanceTimersByTime(0.25));
  const finish = vi.fn(() => void vi.advanceTimersByTime(1));
  const { milliseconds } = await measure({ run, finish, dispose() {} }, 200, true);
  // Blocks of 4 runs take 2 ms.
  expect(milliseconds).toBe(0.5);
  expect(finish.mock.calls.length).toBeLessThan(run.mock.calls.length / 2);
});
