/** How a worker waits for work. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextEpoch } from '../src/threads/nextEpoch.js';
import * as word from '../src/threads/words.js';

const SPIN = 10;

let now: number;
let words: Int32Array;
/** Milliseconds of the sleep from which a worker is woken. */
let sleep: number;
/** Milliseconds, each time that it fell asleep, from when it began to wait. */
let fallenAsleepAfter: number[];

beforeEach(() => {
  now = 0;
  sleep = 1000;
  fallenAsleepAfter = [];
  words = new Int32Array(new SharedArrayBuffer(4 * word.count(2)));
  Atomics.store(words, word.lookOut, 1);
  // Each look at the clock is a millisecond after the last.
  vi.spyOn(performance, 'now').mockImplementation(() => now++);
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    expect(Atomics.load(words, word.asleep)).toBe(1);
    fallenAsleepAfter.push(now);
    now += sleep;
    Atomics.add(words, word.epoch, 1);
    return 'ok';
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const inVain = () => Atomics.load(words, word.inVain);

it('takes work that is there without sleeping', () => {
  Atomics.store(words, word.epoch, 1);
  expect(nextEpoch(words, 0, SPIN)).toBe(1);
  expect(fallenAsleepAfter).toEqual([]);
});

it('looks out for a while before it sleeps', () => {
  expect(nextEpoch(words, 0, SPIN)).toBe(1);
  expect(fallenAsleepAfter).toEqual([SPIN + 1]);
  expect(Atomics.load(words, word.asleep)).toBe(0);
});

it('sleeps at once if it is not to look out, and then has done nothing in vain', () => {
  Atomics.store(words, word.lookOut, 0);
  sleep = 0;
  expect(nextEpoch(words, 0, SPIN)).toBe(1);
  expect(fallenAsleepAfter).toEqual([2]);
  expect(inVain()).toBe(0);
});

it('has looked out in vain if it is woken right after it has fallen asleep', () => {
  nextEpoch(words, 0, SPIN);
  expect(inVain()).toBe(0);
  sleep = SPIN / 2;
  nextEpoch(words, 1, SPIN);
  expect(inVain()).toBe(1);
});
