import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, runKernel, valuesOn } from './compare.js';

/** y[b][o][k][i] = x[b][o][ids[b][k]][i] */
function gathered(x: Float32Array, ids: number[][], outer: number, columns: number, segments: number) {
  return ids.flatMap((rows, b) =>
    Array.from({ length: outer }, (_, o) =>
      rows.map((row) => [...x.subarray(((b * outer + o) * segments + row) * columns).subarray(0, columns)]),
    ).flat(2),
  );
}

/** sums[b][o][s][i] of rows x[b][o][r][i] whose ids[b][r] is s. */
function segmentSums(x: Float32Array, ids: number[][], outer: number, columns: number, segments: number) {
  const batches = ids.length;
  const rows = ids[0]?.length ?? 0;
  const sums = new Float64Array(batches * outer * segments * columns);
  for (let b = 0; b < batches; ++b) {
    for (let o = 0; o < outer; ++o) {
      for (let r = 0; r < rows; ++r) {
        const segment = ids[b]![r]!;
        if (segment < 0 || segment >= segments) continue;
        for (let i = 0; i < columns; ++i) {
          const from = ((b * outer + o) * rows + r) * columns + i;
          sums[((b * outer + o) * segments + segment) * columns + i]! += x[from]!;
        }
      }
    }
  }
  return sums;
}

const id = (segments: number) => fc.integer({ min: 0, max: segments - 1 });

const anyGather = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    batchDims: fc.constantFrom(0, 1, 2),
    outer: fc.integer({ min: 1, max: 3 }),
    segments: fc.integer({ min: 1, max: 7 }),
    inner: fc.constantFrom<number[]>([], [1], [5], [3, 13]),
    rows: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ batch, batchDims, ...rest }) => {
    // Both batch axes have the same size, so that one number tells how many rows of ids there are.
    const count = batch ** batchDims;
    const ids = fc.array(fc.array(id(rest.segments), { minLength: rest.rows, maxLength: rest.rows }), {
      minLength: count,
      maxLength: count,
    });
    return fc.record({ batch: fc.constant(batch), batchDims: fc.constant(batchDims), ids }).map((more) => ({
      ...rest,
      ...more,
    }));
  });

export function segmentsSuite(): void {
  describe('UnsortedSegmentSum', () => {
    it('equals float64, with repeated, missing, negative and too large ids', () => {
      const x = random(11 * 37, 1);
      const ids = [3, 0, 3, -1, 9, 0, 3, 5, 1, 5, 3];
      tf.tidy(() => {
        const y = tf.unsortedSegmentSum(tf.tensor(x, [11, 37]), tf.tensor1d(ids, 'int32'), 6);
        expect(y.shape).toEqual([6, 37]);
        expectClose(y.dataSync(), segmentSums(x, [ids], 1, 37, 6));
      });
    });

    it('takes ids of more than one axis, as TensorFlow does', () => {
      const x = random(2 * 3 * 4, 2);
      const ids = [1, 0, 1, 1, 2, 0];
      tf.tidy(() => {
        const inputs = { x: tf.tensor(x, [2, 3, 4]), segmentIds: tf.tensor2d(ids, [2, 3], 'int32') };
        const y = runKernel('UnsortedSegmentSum', inputs, { numSegments: 3 });
        expect(y.shape).toEqual([3, 4]);
        expectClose(y.dataSync(), segmentSums(x, [ids], 1, 4, 3));
      });
    });

    it('adds int32 exactly', () => {
      tf.tidy(() => {
        const x = tf.tensor1d([2 ** 30, 1, 2 ** 24 + 1], 'int32');
        const y = tf.unsortedSegmentSum(x, tf.tensor1d([1, 1, 0], 'int32'), 2);
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([2 ** 24 + 1, 2 ** 30 + 1]);
      });
    });

    it('gives zeros for no rows and nothing for no segments', () => {
      tf.tidy(() => {
        const none = tf.tensor1d([], 'int32');
        expect([...tf.unsortedSegmentSum(tf.zeros([0, 3]), none, 2).dataSync()]).toEqual(Array(6).fill(0));
        const ids = tf.tensor1d([0, 1], 'int32');
        expect(tf.unsortedSegmentSum(tf.ones([2, 3]), ids, 0).shape).toEqual([0, 3]);
      });
    });

    it('refuses ids that do not fit x', () => {
      tf.tidy(() => {
        const inputs = { x: tf.ones([2, 3]), segmentIds: tf.tensor1d([0, 1, 1], 'int32') };
        expect(() => runKernel('UnsortedSegmentSum', inputs, { numSegments: 2 })).toThrow(
          /segmentIds \[3\] .* x \[2, 3\]/,
        );
      });
    });

    it('has the gradient of tfjs on cpu', () => {
      const gradient = () => {
        const ids = tf.tensor1d([2, 0, 2, 1], 'int32');
        const f = (x: tf.Tensor) => tf.square(tf.unsortedSegmentSum(x, ids, 3));
        return tf.grad(f)(tf.tensor(random(20, 3), [4, 5]));
      };
      expectClose(valuesOn('wasm', gradient), valuesOn('cpu', gradient));
    });
  });

  describe('tf.gather and its gradient', () => {
    it('equal float64 for any axis, batch dimensions and repeated indices', () => {
      const check = (g: typeof anyGather extends fc.Arbitrary<infer T> ? T : never) => {
        const batch = Array<number>(g.batchDims).fill(g.batch);
        const columns = g.inner.reduce((a, b) => a * b, 1);
        const xShape = [...batch, g.outer, g.segments, ...g.inner];
        const dyShape = [...batch, g.outer, g.rows, ...g.inner];
        const dy = random(tf.util.sizeFromShape(dyShape), 4);
        const x = random(tf.util.sizeFromShape(xShape), 6);
        tf.tidy(() => {
          const indices = tf.tensor(g.ids.flat(), [...batch, g.rows], 'int32');
          for (const axis of [g.batchDims + 1, g.batchDims + 1 - xShape.length]) {
            const gather = (input: tf.Tensor) => tf.gather(input, indices, axis, g.batchDims);
            const y = gather(tf.tensor(x, xShape));
            expect(y.shape).toEqual(dyShape);
            expectClose(y.dataSync(), gathered(x, g.ids, g.outer, columns, g.segments), 0);
            const dx = tf.grad(gather)(tf.ones(xShape), tf.tensor(dy, dyShape));
            expect(dx.shape).toEqual(xShape);
            expectClose(dx.dataSync(), segmentSums(dy, g.ids, g.outer, columns, g.segments));
          }
        });
      };
      fc.assert(fc.property(anyGather, check), { numRuns: 100 });
    });

    it('take int32, nothing, and refuse an index that x does not have', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, 2, 2 ** 24 + 1, 4], [2, 2], 'int32');
        const y = tf.gather(x, tf.tensor1d([1, 0, 1], 'int32'));
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([2 ** 24 + 1, 4, 1, 2, 2 ** 24 + 1, 4]);
        expect(tf.gather(x, tf.tensor1d([], 'int32')).shape).toEqual([0, 2]);
        expect(() => tf.gather(x, tf.tensor1d([0, 2], 'int32'))).toThrow(/has 2 at position 1; .* 0 to 1/);
        expect(() => tf.gather(x, tf.tensor1d([-1], 'int32'))).toThrow(/has -1 at position 0/);
      });
    });

    it('take indices of two axes, as embeddings have them, and have gradients themselves', () => {
      const second = () => {
        const indices = tf.tensor2d([1, 3, 1, 0, 3, 3], [2, 3], 'int32');
        const cube = (x: tf.Tensor) => tf.pow(tf.gather(x, indices), 3);
        const first = (x: tf.Tensor) => tf.square(tf.grad(cube)(x));
        return tf.grad(first)(tf.tensor(random(4 * 6, 5), [4, 6]));
      };
      expectClose(valuesOn('wasm', second), valuesOn('cpu', second), 1e-5);
    });
  });
}
