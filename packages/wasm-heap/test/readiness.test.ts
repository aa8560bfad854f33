/** When the main thread shares a task with its workers, and when it wakes them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Readiness } from '../src/threads/readiness.js';
import { tuning } from '../src/threads/tuning.js';
import * as word from '../src/threads/words.js';

let now: number;
let words: Int32Array;
let readiness: Readiness;
let wakes: number;

const long = tuning.smallestTensor;
const short = long - 1;
const pause = (milliseconds: number) => {
  now += milliseconds;
};

beforeEach(() => {
  now = 1000;
  wakes = 0;
  words = new Int32Array(new SharedArrayBuffer(4 * word.count(3)));
  readiness = new Readiness(words, 2);
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(Atomics, 'notify').mockImplementation(() => {
    wakes++;
    return 1;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const sleepers = (count: number) => Atomics.store(words, word.asleep, count);
const looksInVain = () => Atomics.add(words, word.inVain, 1);
const looksOut = () => Atomics.load(words, word.lookOut) !== 0;

it('shares every task while the workers are awake, and wakes nobody', () => {
  expect(readiness.prepare(short)).toBe(true);
  expect(readiness.prepare(long)).toBe(true);
  expect(wakes).toBe(0);
});

it('wakes workers for a long task, and the others too if one of them is awake', () => {
  sleepers(2);
  expect(readiness.prepare(long)).toBe(true);
  sleepers(1);
  expect(readiness.prepare(short)).toBe(true);
  expect(wakes).toBe(2);
});

it('wakes them for a short task only if another one came just before it', () => {
  sleepers(2);
  expect(readiness.prepare(short)).toBe(false);
  pause(2 * tuning.closeMilliseconds);
  expect(readiness.prepare(short)).toBe(false);
  expect(wakes).toBe(0);
  pause(tuning.closeMilliseconds / 2);
  expect(readiness.prepare(short)).toBe(true);
  expect(wakes).toBe(1);
});

describe('workers that have looked out in vain', () => {
  const veryLong = tuning.smallestAtRest;

  it('rest: they take part in very long tasks only, and do not look out', () => {
    expect(looksOut()).toBe(true);
    looksInVain();
    expect(readiness.prepare(veryLong - 1)).toBe(false);
    expect(readiness.prepare(veryLong)).toBe(true);
    expect(looksOut()).toBe(false);
  });

  it('help again after the rest', () => {
    looksInVain();
    readiness.prepare(long);
    pause(tuning.shortestRest);
    expect(readiness.prepare(long)).toBe(true);
    expect(looksOut()).toBe(true);
  });

  /** Milliseconds of the rest that begins now, if they look out in vain. */
  function rest(): number {
    const start = now;
    looksInVain();
    while (!readiness.prepare(long)) pause(tuning.shortestRest / 2);
    return now - start;
  }

  it('rest twice as long each time that they look out in vain soon after, up to a limit', () => {
    const { shortestRest, longestRest } = tuning;
    expect([rest(), rest(), rest()]).toEqual([shortestRest, 2 * shortestRest, 4 * shortestRest]);
    for (let i = 0; i < 10; i++) rest();
    expect(rest()).toBe(longestRest);
  });

  it('rest as short as the first time if they have helped for as long as they had rested', () => {
    rest();
    const last = rest();
    pause(last);
    expect(rest()).toBe(tuning.shortestRest);
  });
});
