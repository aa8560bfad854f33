import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, randomTensor, valuesOn } from './compare.js';
import * as float64 from './float64.js';

const transposes = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** rows, columns, depth */
const sizes = [
  [1, 1, 1],
  [256, 120, 256],
  [4, 8, 3],
  [5, 9, 2],
  [3, 7, 300],
  [67, 13, 5],
  [130, 17, 513],
  [1, 31, 64],
  [31, 1, 64],
] as const;

function checkAgainstFloat64(
  rows: number,
  columns: number,
  depth: number,
  transposeA: boolean,
  transposeB: boolean,
): void {
  const a = random(rows * depth, 1);
  const b = random(depth * columns, 2);
  tf.tidy(() => {
    const left = tf.tensor2d(a, transposeA ? [depth, rows] : [rows, depth]);
    const right = tf.tensor2d(b, transposeB ? [columns, depth] : [depth, columns]);
    const c = tf.matMul(left, right, transposeA, transposeB);
    expect(c.shape).toEqual([rows, columns]);
    expectClose(c.dataSync(), float64.matmul(a, b, rows, columns, depth, transposeA, transposeB));
  });
}

export function matmulSuite(): void {
  describe('BatchMatMul', () => {
    for (const [transposeA, transposeB] of transposes) {
      it.each(sizes)(
        `of %i x %i, depth %i, equals float64 (transposed: ${transposeA}, ${transposeB})`,
        (...size) => {
          checkAgainstFloat64(...size, transposeA, transposeB);
        },
      );
    }

    it('equals float64 for any size and transpose', () => {
      const size = fc.integer({ min: 1, max: 40 });
      fc.assert(fc.property(size, size, size, fc.boolean(), fc.boolean(), checkAgainstFloat64), {
        numRuns: 200,
      });
    });

    it.each([
      [
        [3, 5, 4],
        [3, 4, 6],
      ],
      [
        [3, 5, 4],
        [4, 6],
      ],
      [
        [5, 4],
        [3, 4, 6],
      ],
      [
        [2, 1, 5, 4],
        [3, 4, 6],
      ],
      [
        [1, 5, 4],
        [7, 4, 6],
      ],
      [
        [2, 3, 5, 4],
        [2, 3, 4, 6],
      ],
    ])('multiplies the matrices of batches %j and %j', (aShape, bShape) => {
      tf.tidy(() => {
        const a = randomTensor(aShape, 3);
        const b = randomTensor(bShape, 4);
        const c = tf.matMul(a, b);
        const batch = tf.broadcast_util.assertAndGetBroadcastShape(aShape.slice(0, -2), bShape.slice(0, -2));
        expect(c.shape).toEqual([...batch, 5, 6]);
        // The truth: both broadcast by hand, then one matrix at a time.
        const aValues = tf.broadcastTo(a, [...batch, 5, 4]).dataSync();
        const bValues = tf.broadcastTo(b, [...batch, 4, 6]).dataSync();
        const count = tf.util.sizeFromShape(batch);
        const expected = Array.from({ length: count }, (_, i) => {
          const left = aValues.subarray(i * 20, i * 20 + 20);
          const right = bValues.subarray(i * 24, i * 24 + 24);
          return [...float64.matmul(left, right, 5, 6, 4, false, false)];
        }).flat();
        expectClose(c.dataSync(), expected);
      });
    });

    it("equals tfjs's cpu backend on transposed batches", () => {
      for (const [transposeA, transposeB] of transposes) {
        const compute = () => {
          const a = randomTensor(transposeA ? [3, 6, 7] : [3, 7, 6], 5);
          const b = randomTensor(transposeB ? [3, 5, 6] : [3, 6, 5], 6);
          return tf.matMul(a, b, transposeA, transposeB);
        };
        expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
      }
    });

    it('is zero where the inner size is zero', () => {
      tf.tidy(() =>
        expectClose(tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync(), new Float64Array(6)),
      );
    });

    it('multiplies int32 where the result is exact, and refuses it elsewhere', () => {
      const square = (value: number) => {
        const a = tf.fill([2, 2], value, 'int32');
        return tf.engine().runKernel('BatchMatMul', { a, b: a }, {}) as tf.Tensor;
      };
      tf.tidy(() => {
        const c = square(-1000);
        expect(c.dtype).toBe('int32');
        expect([...c.dataSync()]).toEqual([2e6, 2e6, 2e6, 2e6]);
        expect(() => square(5000)).toThrow(/may exceed 2\^24/);
      });
    });

    it('keeps NaN and infinity in their row and column', () => {
      const a = random(35, 7);
      const b = random(55, 8);
      a[12] = Number.NaN;
      b[3] = Number.POSITIVE_INFINITY;
      tf.tidy(() => {
        const c = tf.matMul(tf.tensor2d(a, [7, 5]), tf.tensor2d(b, [5, 11]));
        expectClose(c.dataSync(), float64.matmul(a, b, 7, 11, 5, false, false));
      });
    });
  });
}
