/** The measuring loop, on a clock that only the work moves. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measure } from '../src/measuring/loop.js';
import type { Experience } from '../src/measuring/warmUp.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Work that takes so many milliseconds, the first times more. */
function work(milliseconds: number, ...first: number[]) {
  const run = vi.fn(() => void vi.advanceTimersByTime(first.shift() ?? milliseconds));
  return { run, dispose() {} };
}

it('warms up before it measures', async () => {
  const prepared = work(5, 20, 10);
  const { milliseconds, runs } = await measure(prepared, 50, 1000);
  expect(milliseconds).toBe(5);
  expect(runs).toBe(10);
});

it('runs for the budget', async () => {
  const prepared = work(10);
  expect(await measure(prepared, 200, 1000)).toEqual({ milliseconds: 10, runs: 20 });
});

it('makes three runs at least, unless that takes more than twice the budget', async () => {
  expect((await measure(work(40), 50, 1000)).runs).toBe(3);
  expect((await measure(work(300), 50, 1000)).runs).toBe(1);
});

it('takes a first run of more than a tenth of a second for what it is, if the case is known', async () => {
  const prepared = work(150);
  expect(await measure(prepared, 50, 150)).toEqual({ milliseconds: 150, runs: 1 });
  expect(prepared.run).toHaveBeenCalledTimes(1);
  expect(await measure(work(150, 900), 50, undefined)).toEqual({ milliseconds: 150, runs: 1 });
});

it('times short runs in blocks that the clock can resolve', async () => {
  const { milliseconds, runs } = await measure(work(0.5), 50, 1000);
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
  expect((await measure({ run, dispose() {} }, 60, 1000)).milliseconds).toBe(30);
});

/** Milliseconds of runs before those that are measured, by the mocked work. */
async function warmedUp(milliseconds: number, isStep: boolean, experience: Experience): Promise<number> {
  const prepared = work(milliseconds);
  const { runs } = await measure({ ...prepared, isStep }, 10, milliseconds, experience);
  return (prepared.run.mock.calls.length - runs) * milliseconds;
}
const newcomer = (): Experience => ({ milliseconds: 0, runs: 0 });

it.each([
  ['short runs until they are 5000', 0.1, false, 500],
  ['short runs until a second has passed', 0.4, false, 1000],
  ['runs that are short, but in which JavaScript is the smaller part, for less', 4, false, 600],
  ['longer runs briefly', 6, false, 20],
  ['training steps', 30, true, 1500],
])('in a new process warms up %s', async (_, milliseconds, isStep, expected) => {
  const spent = await warmedUp(milliseconds, isStep, newcomer());
  // And two windows without progress; blocks that turn out too short to be timed are no warm-up.
  expect(spent).toBeGreaterThanOrEqual(expected);
  expect(spent).toBeLessThan(expected + 100);
});

it.each([
  ['a kind of short runs', 0.1, false, 20],
  ['training steps', 30, true, 200],
])('warms up briefly in a process that knows %s', async (_, milliseconds, isStep, expected) => {
  const experience = newcomer();
  await warmedUp(milliseconds, isStep, experience);
  const spent = await warmedUp(milliseconds, isStep, experience);
  expect(spent).toBeGreaterThanOrEqual(expected);
  expect(spent).toBeLessThan(expected + 100);
});

it('takes runs for short that are so only once they are compiled', async () => {
  const prepared = work(1, 24, 8, 7);
  const { runs } = await measure(prepared, 10, undefined, newcomer());
  expect(prepared.run.mock.calls.length - runs).toBeGreaterThan(500);
});

it('warms up until runs get no faster', async () => {
  // Within windows of 10 ms each: 1, then 0.8, 0.6, 0.4 and 0.2 ms.
  const first = [1, 0.8, 0.6, 0.4].flatMap((ms) => new Array<number>(Math.round(12 / ms)).fill(ms));
  const prepared = work(0.2, ...first);
  const known = { milliseconds: 1000, runs: 5000 };
  expect((await measure(prepared, 10, undefined, known)).milliseconds).toBeCloseTo(0.2);
});

describe('back at a case whose compiled code is gone', () => {
  const known = { milliseconds: 1000, runs: 5000 };

  it('warms up until runs are as fast as they were', async () => {
    // No window shows progress: the compiler takes 100 ms.
    const prepared = work(0.2, ...new Array<number>(100).fill(1));
    expect((await measure(prepared, 10, 0.2, { ...known })).milliseconds).toBeCloseTo(0.2);
  });

  it('takes what it gets if they stay slower', async () => {
    const prepared = work(1);
    const { milliseconds, runs } = await measure(prepared, 10, 0.2, { ...known });
    expect(milliseconds).toBeCloseTo(1);
    expect(prepared.run.mock.calls.length - runs).toBeLessThan(250);
  });
});

it('waits once for all that the runs of a block have asked for, and counts that', async () => {
  const run = vi.fn(() => void vi.advanceTimersByTime(0.25));
  const finish = vi.fn(() => void vi.advanceTimersByTime(1));
  const { milliseconds } = await measure({ run, finish, dispose() {} }, 200, 1000);
  // Blocks of 4 runs take 2 ms.
  expect(milliseconds).toBe(0.5);
  expect(finish.mock.calls.length).toBeLessThan(run.mock.calls.length / 2);
});
