/**
 * The tests of wasm kernels on drawn shapes, on 1, 2, 3 and 5 threads: the same bits, no byte written outside of a block, and no
 * number made of memory that nobody wrote.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const seed = 19;
const shapesEach = 40;

/**
 * @param {object} options
 * @param {typeof import('@tensorflow/tfjs-core')} options.tf
 * @param {typeof import('@bn/wasm-heap/testing')} options.heap
 * @param {(count: number) => Promise<void>} options.useThreads
 * @param {import('fast-check').Arbitrary<unknown>} options.drawn What a case computes its shapes from.
 * @param {readonly (readonly [string, (drawn: unknown) => import('@tensorflow/tfjs-core').Tensor[]])[]} options.cases
 * The result of an operation and its gradients.
 * @param {number} options.fewestBlocks How many blocks a case allocates at least for each shape.
 * @param {boolean} [options.sharesAll] Whether workers take part in every case.
 */
export function drawnShapesSuite({ tf, heap, useThreads, drawn, cases, fewestBlocks, sharesAll = false }) {
  const bitsOf = (compute, one) => {
    const tensors = tf.tidy(() => compute(one));
    const bits = tensors.map((tensor) => new Uint32Array(tensor.dataSync().slice().buffer));
    tf.dispose(tensors);
    return bits;
  };
  const allFinite = (bits) => new Float32Array(bits.buffer).every(Number.isFinite);

  beforeAll(async () => {
    heap.shareEverything();
    await tf.setBackend('wasm');
    await tf.ready();
  });
  afterAll(async () => {
    await useThreads(1);
    heap.shareAsUsual();
  });

  describe('on drawn shapes', () => {
    const shapes = fc.sample(drawn, { seed, numRuns: shapesEach });
    const ofOneThread = new Map();

    for (const threads of [1, 2, 3, 5]) {
      test.each(cases)(`%s on ${threads} threads`, async (title, compute) => {
        await useThreads(threads);
        const taken = heap.takenByWorkers();
        const guard = heap.guardBlocks();
        const { numTensors } = tf.memory();
        const results = shapes.map((shape) => bitsOf(compute, shape));
        expect(tf.memory().numTensors).toBe(numTensors);
        guard.stop();
        expect(guard.damage).toEqual([]);
        expect(guard.count).toBeGreaterThan(fewestBlocks * shapesEach);
        expect(results.flat().every(allFinite)).toBe(true);
        if (threads === 1) ofOneThread.set(title, results);
        else {
          expect(results).toEqual(ofOneThread.get(title));
          if (sharesAll) expect(heap.takenByWorkers()).toBeGreaterThan(taken);
        }
      });
    }
  });
}
