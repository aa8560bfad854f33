/** A worker that crashes in a kernel of @bn/wasm-train is an error once, and leaves nothing behind; then one thread goes on. */
import '@tensorflow/tfjs';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ThreadError, threadCount, useThreads } from '../src/index.js';
import { activePool } from '../src/threads/active.js';
import { tuning } from '../src/threads/tuning.js';
import { watchAllocations } from './allocations.js';
import { gone, sabotage, startChanged } from './sabotage.js';
import { bitsOf, inputsOf, run, trainingCalls } from './trainingCalls.js';

const standard = { ...tuning };
const backend = () => tf.backend() as BackendWasm;

beforeAll(async () => {
  Object.assign(tuning, { smallestTensor: 0, workersFirst: true });
  await useBackend('wasm');
  await useThreads(2);
  await useThreads(1);
});

afterAll(async () => {
  await useThreads(1);
  Object.assign(tuning, standard);
});

/** One call of each kernel whose work has several pieces. */
const calls = [
  ['conv2d', 'Conv2D, odd sizes'],
  ['conv2dBackpropFilter', 'Conv2DBackpropFilter, padding'],
  ['conv2dBackpropInput', 'Conv2DBackpropInput, padding'],
  ['matmulPack', 'BatchMatMul, odd sizes'],
  ['sigmoidGrad', 'SigmoidGrad, 19x131x3'],
] as const;

describe.each(calls)('%s', (kernel, name) => {
  const call = trainingCalls.get(name)!;
  let inputs: tf.NamedTensorMap;
  let expected: Uint32Array;
  let dataIds: number;
  let live: ReadonlySet<number>;

  beforeEach(() => {
    expected = bitsOf(call);
    inputs = inputsOf(call);
    dataIds = backend().numDataIds();
    live = watchAllocations();
    return async () => {
      expect(backend().numDataIds()).toBe(dataIds);
      expect(live).toEqual(new Set());
      vi.restoreAllMocks();
      tf.dispose(inputs);
      expect(threadCount()).toBe(1);
      expect(bitsOf(call)).toEqual(expected);
      await useThreads(2);
      expect(bitsOf(call)).toEqual(expected);
      expect(activePool()!.takenByWorkers).toBeGreaterThan(0);
      await useThreads(1);
    };
  });

  it('that throws in a worker fails, with the reason', async () => {
    const workers = await startChanged(() => useThreads(3), sabotage.trap);
    expect(() => run(call, inputs)).toThrow(ThreadError);
    await gone(workers);
  });

  it('says which kernel it was', async () => {
    const workers = await startChanged(() => useThreads(2), sabotage.trap);
    expect(() => run(call, inputs)).toThrow(new RegExp(`${kernel} failed in worker 1: Error: poisoned`));
    await gone(workers);
  });

  it('whose worker never comes back fails, and frees its memory when the worker is gone', async () => {
    const workers = await startChanged(() => useThreads(2), sabotage.hang);
    tuning.timeoutMilliseconds = 200;
    expect(() => run(call, inputs)).toThrow(/a worker has not come back within 200 ms/);
    tuning.timeoutMilliseconds = standard.timeoutMilliseconds;
    expect(backend().numDataIds()).toBe(dataIds + 1);
    // The result, scratch space, and the shape of an image, as far as it has them.
    expect(live.size).toBe({ matmulPack: 2, sigmoidGrad: 1 }[kernel as string] ?? 3);
    await gone(workers);
    await vi.waitFor(() => expect(live.size).toBe(0));
  });

  it('whose worker has died in its sleep fails once', async () => {
    const workers = await startChanged(() => useThreads(3));
    await workers[0]!.terminate();
    await gone(workers);
    expect(() => run(call, inputs)).toThrow(/Worker 1 of 2 has crashed/);
  });
});
