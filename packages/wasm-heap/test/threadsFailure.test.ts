/** A worker that crashes is an error, never a hang; then one thread does the work, and threads can be started again. */
import '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ThreadError, threadCount, useThreads } from '../src/index.js';
import {
  type AllocationWatch,
  activePool,
  shareAsUsual,
  shareEverything,
  takenByWorkers,
  tuning,
  watchAllocations,
} from '../src/testing.js';
import { affine, trap } from './kernels/library.js';
import { gone, sabotage, startChanged } from './sabotage.js';

const standard = { ...tuning };
/** For what ends soon; a busy machine may take seconds. */
const patience = { timeout: 60_000 };
const backend = () => tf.backend() as BackendWasm;
let x: tf.Tensor;
let expected: number[];
let tensors: number;
let dataIds: number;
let watch: AllocationWatch;

const y = (): number[] => tf.tidy(() => Array.from(affine(x).dataSync()));

beforeAll(async () => {
  shareEverything();
  await tf.setBackend('wasm');
  // Before x is made: this moves the backend to shared memory.
  await useThreads(2);
  x = tf.tidy(() => tf.sin(tf.range(0, 3 * 40 * 35)).reshape([3, 40, 35]));
  await useThreads(1);
  expected = y();
});

beforeEach(() => {
  tensors = tf.memory().numTensors;
  dataIds = backend().numDataIds();
  watch = watchAllocations();
});

afterEach(async () => {
  watch.stop();
  expect(watch.live).toEqual(new Set());
  expect(threadCount()).toBe(1);
  expect(y()).toEqual(expected);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(backend().numDataIds()).toBe(dataIds);
  await useThreads(2);
  expect(y()).toEqual(expected);
  expect(takenByWorkers()).toBeGreaterThan(0);
  await useThreads(1);
});

afterAll(() => {
  x.dispose();
  shareAsUsual();
});

function errorOf(f: () => unknown): ThreadError {
  try {
    f();
  } catch (error) {
    if (error instanceof ThreadError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('a kernel that fails in a worker fails the operation, with the reason', async () => {
  const workers = await startChanged(() => useThreads(3), sabotage.trap);
  const error = errorOf(y);
  expect(error.code).toBe('BN_THREADS');
  expect(error.message).toMatch(/affine failed in worker [12]: Error: poisoned.*useThreads\(3\) starts/);
  await gone(workers);
});

it('a worker that never comes back fails the operation, and is ended before its memory is freed', async () => {
  const workers = await startChanged(() => useThreads(2), sabotage.hang);
  tuning.timeoutMilliseconds = 200;
  const error = errorOf(y);
  tuning.timeoutMilliseconds = standard.timeoutMilliseconds;
  expect(error.message).toMatch(/affine: a worker did not finish within 200 ms/);
  expect(backend().numDataIds()).toBe(dataIds + 1);
  // The result, scratch space, and the shape that the kernel reads.
  expect(watch.live.size).toBe(3);
  await gone(workers);
  await vi.waitFor(() => expect(backend().numDataIds()).toBe(dataIds), patience);
});

it('a worker that ends while it works fails the operation', async () => {
  const workers = await startChanged(() => useThreads(2), sabotage.leave);
  tuning.timeoutMilliseconds = 200;
  expect(errorOf(y).code).toBe('BN_THREADS');
  tuning.timeoutMilliseconds = standard.timeoutMilliseconds;
  await gone(workers);
  await vi.waitFor(() => expect(backend().numDataIds()).toBe(dataIds), patience);
});

it('a worker that dies in its sleep fails the next operation, once', async () => {
  const workers = await startChanged(() => useThreads(3));
  await workers[0]!.terminate();
  await gone(workers);
  expect(threadCount()).toBe(1);
  expect(errorOf(y).message).toMatch(/Worker 1 of 2 has crashed: it exited with code 1/);
});

it('a worker that does not start fails useThreads, and leaves no other', async () => {
  const start = startChanged(() => useThreads(3), `throw new Error('no such luck');`);
  await expect(start).rejects.toThrow(/a worker did not start: Error: no such luck/);
  await expect(start).rejects.toBeInstanceOf(ThreadError);
});

it('a kernel that fails in the main thread fails the operation, and the threads go on', async () => {
  await useThreads(2);
  const pool = activePool()!;
  expect(trap).toThrow(WebAssembly.RuntimeError);
  expect(activePool()).toBe(pool);
  expect(y()).toEqual(expected);
  await useThreads(1);
});
