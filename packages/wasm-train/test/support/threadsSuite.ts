/** Any number of threads gives the bits of one thread, and leaves nothing behind. */
import '@tensorflow/tfjs';
import { useThreads } from '@bn/wasm-heap';
import { shareAsUsual, shareEverything, takenByWorkers, watchAllocations } from '@bn/wasm-heap/testing';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../src/index.js';
import { bitsOf, inputsOf, run, trainingCalls } from './trainingCalls.js';

const backend = () => tf.backend() as BackendWasm;

export function threadsSuite(): void {
  beforeAll(async () => {
    shareEverything();
    await tf.setBackend('wasm');
  });

  afterAll(async () => {
    await useThreads(1);
    shareAsUsual();
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

    // One image or tile is one item, and there is nothing to share.
    const shared = [...trainingCalls].filter(
      ([name]) => !/(Input|Pool|PoolGrad), one image|one tile/.test(name),
    );

    it.each(shared)('%s is shared', (_, call) => {
      const taken = takenByWorkers();
      bitsOf(call);
      expect(takenByWorkers()).toBeGreaterThan(taken);
    });

    it('small tensors stay on one', () => {
      shareAsUsual();
      const taken = takenByWorkers();
      for (const [name, call] of trainingCalls) if (!name.endsWith('a wide one')) bitsOf(call);
      shareEverything();
      expect(takenByWorkers()).toBe(taken);
    });

    it.each([...trainingCalls])('%s leaves nothing behind, whichever allocation fails', (_, call) => {
      const inputs = inputsOf(call);
      run(call, inputs).dispose();
      const dataIds = backend().numDataIds();
      let allocations = 0;
      for (let failed = true; failed; ) {
        ++allocations;
        const watch = watchAllocations((count) => count === allocations);
        try {
          run(call, inputs).dispose();
          failed = false;
        } catch (error) {
          expect(error).toMatchObject({ code: 'BN_OUT_OF_MEMORY' });
        } finally {
          watch.stop();
        }
        expect(watch.live.size).toBe(0);
        expect(backend().numDataIds()).toBe(dataIds);
      }
      expect(allocations).toBeGreaterThan(1);
      tf.dispose(inputs);
    });
  });
}
