/** When the main thread shares a task with its workers, and when it wakes them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Readiness } from '../src/threads/readiness.js';
import { tuning } from '../src/threads/tuning.js';
import * as word from '../src/threads/words.js';

let now: number;
let words: Int32Array;
let readiness: Readiness;
let wakes: number;

const short = true;
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

it('shares every task while the workers are awake, and wakes nobody', () => {
  expect(readiness.prepare(short)).toBe(true);
  expect(readiness.prepare(!short)).toBe(true);
  expect(wakes).toBe(0);
});

it('wakes workers for a long task, and the others too if one of them is awake', () => {
  sleepers(2);
  expect(readiness.prepare(!short)).toBe(true);
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
