/** Any number of threads gives the bits that @bn/wasm-train gives on one thread, and leaves nothing behind. */
import '@tensorflow/tfjs';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useThreads } from '../src/index.js';
import { activePool } from '../src/threads/active.js';
import { tuning } from '../src/threads/tuning.js';
import { watchAllocations } from './allocations.js';
import { bitsOf, inputsOf, run, trainingCalls } from './trainingCalls.js';

const standard = { ...tuning };
const backend = () => tf.backend() as BackendWasm;

export function trainingKernelsSuite(): void {
  beforeAll(async () => {
    Object.assign(tuning, { smallestTensor: 0, workersFirst: true });
    await useBackend('wasm');
  });

  afterAll(async () => {
    await useThreads(1);
    Object.assign(tuning, standard);
  });

  describe('results', () => {
    const alone = new Map<string, Uint32Array>();

    it('are those of the backend without threads', () => {
      for (const [name, call] of trainingCalls) alone.set(name, bitsOf(call));
      expect(alone.size).toBe(trainingCalls.size);
    });

    it.each([2, 3, 1])('are the same, bit by bit, with %i threads', async (n) => {
      expect(await useThreads(n)).toBe(n);
      for (const [name, call] of trainingCalls) {
        const bits = bitsOf(call);
        const expected = alone.get(name)!;
        expect(bits.length, name).toBe(expected.length);
        expect(
          bits.findIndex((value, i) => value !== expected[i]),
          `${name}: first difference`,
        ).toBe(-1);
      }
    });
  });

  describe('on two threads', () => {
    beforeAll(() => useThreads(2));
    afterEach(() => {
      vi.restoreAllMocks();
    });

    // One image or tile is one item, and there is nothing to share.
    const shared = [...trainingCalls].filter(
      ([name]) => !/(Input|Pool|PoolGrad), one image|one tile/.test(name),
    );

    it.each(shared)('%s is shared', (_, call) => {
      const taken = activePool()!.takenByWorkers;
      bitsOf(call);
      expect(activePool()!.takenByWorkers).toBeGreaterThan(taken);
    });

    it('small tensors stay on one', () => {
      tuning.smallestTensor = standard.smallestTensor;
      const taken = activePool()!.takenByWorkers;
      for (const [name, call] of trainingCalls) if (!name.endsWith('a wide one')) bitsOf(call);
      tuning.smallestTensor = 0;
      expect(activePool()!.takenByWorkers).toBe(taken);
    });

    it.each([...trainingCalls])('%s leaves nothing behind, whichever allocation fails', (_, call) => {
      const inputs = inputsOf(call);
      run(call, inputs).dispose();
      const dataIds = backend().numDataIds();
      let countdown = Number.POSITIVE_INFINITY;
      const live = watchAllocations(() => --countdown === 0);
      let allocations = 0;
      for (let failed = true; failed; ) {
        countdown = ++allocations;
        try {
          run(call, inputs).dispose();
          failed = false;
        } catch (error) {
          expect(error).toMatchObject({ code: 'BN_OUT_OF_MEMORY' });
        }
        expect(backend().numDataIds()).toBe(dataIds);
      }
      expect(allocations).toBeGreaterThan(1);
      expect(live.size).toBe(0);
      tf.dispose(inputs);
    });
  });
}
