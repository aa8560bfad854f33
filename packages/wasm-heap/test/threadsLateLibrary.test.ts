/** Whether threads run the kernels of a library depends on when it is registered. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Library, useThreads } from '../src/index.js';
import { activePool, shareAsUsual, shareEverything, takenByWorkers } from '../src/testing.js';
import { affine, library as early, testLibrary } from './kernels/library.js';

let late: Library<typeof early extends Library<infer Kernels> ? Kernels : never>;

beforeAll(async () => {
  shareEverything();
  await tf.setBackend('wasm');
});

afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

const last = (using: typeof early): number => tf.tidy(() => affine(tf.range(0, 100), using).dataSync()[99]!);

it('threads that were started before leave its kernels to one thread, until they are asked for again', async () => {
  await useThreads(2);
  const before = activePool()!;
  late = testLibrary('late');
  expect(last(late)).toBe(299);
  expect(before.takenByWorkers).toBe(0);
  await useThreads(2);
  expect(activePool()).not.toBe(before);
  expect(last(late)).toBe(299);
  expect(takenByWorkers()).toBeGreaterThan(0);
});

it('threads that have its kernels are not started again, and run those of every library, whatever their names', async () => {
  const before = activePool()!;
  expect(await useThreads(2)).toBe(2);
  expect(activePool()).toBe(before);
  expect([last(early), last(late)]).toEqual([299, 299]);
});
