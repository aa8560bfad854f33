/** What of @bn/wasm-train threads run depends on when it is imported. */
import '@tensorflow/tfjs';
import { useBackend } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useThreads } from '../src/index.js';
import { kernelsOf } from '../src/kernels.js';
import { activePool } from '../src/threads/active.js';
import { tuning } from '../src/threads/tuning.js';
import { bitsOf, trainingCalls } from './trainingCalls.js';

const standard = { ...tuning };
const call = trainingCalls.get('Conv2D, odd sizes')!;

beforeAll(async () => {
  Object.assign(tuning, { smallestTensor: 0, workersFirst: true });
  await useBackend('wasm');
});

afterAll(async () => {
  await useThreads(1);
  Object.assign(tuning, standard);
});

it('threads that were started before the import leave its kernels to one thread, until they are asked for again', async () => {
  await useThreads(2);
  const before = activePool()!;
  await import('@bn/wasm-train');
  const alone = bitsOf(call);
  expect(before.takenByWorkers).toBe(0);
  await useThreads(2);
  expect(activePool()).not.toBe(before);
  expect(bitsOf(call)).toEqual(alone);
  expect(activePool()!.takenByWorkers).toBeGreaterThan(0);
});

it('threads that have its kernels are not started again', async () => {
  const before = activePool()!;
  expect(await useThreads(2)).toBe(2);
  expect(activePool()).toBe(before);
});

it('no kernel has the name of one of the other package', async () => {
  const { meeting } = await import('@bn/wasm-train/threads');
  const backend = tf.backend() as BackendWasm;
  const own = Object.keys(kernelsOf(backend));
  const names = [...own, ...Object.keys(meeting.library!(backend).exports)];
  expect(new Set(names).size).toBe(names.length);
});
