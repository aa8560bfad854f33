import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, randomTensor, runKernel, valuesOn } from './compare.js';

const lengths = [1, 2, 3, 4, 5, 7, 8, 1023];

export function elementwiseSuite(): void {
  describe('SigmoidGrad', () => {
    it.each(lengths)('of %i elements equals dy y (1 - y) in float64', (length) => {
      const dy = random(length, 1);
      const y = random(length, 2).map(Math.abs);
      tf.tidy(() => {
        const dx = runKernel('SigmoidGrad', { dy: tf.tensor1d(dy), y: tf.tensor1d(y) });
        expectClose(
          dx.dataSync(),
          Array.from(y, (value, i) => dy[i]! * value * (1 - value)),
        );
      });
    });
  });

  describe('ReluGrad', () => {
    it.each(lengths)('of %i elements equals dy step(x) in float64', (length) => {
      const dy = random(length, 3);
      const x = random(length, 4);
      tf.tidy(() => {
        const dx = runKernel('ReluGrad', { dy: tf.tensor1d(dy), x: tf.tensor1d(x) });
        expectClose(
          dx.dataSync(),
          Array.from(x, (value, i) => (value > 0 ? dy[i]! : 0)),
        );
      });
    });

    it('is 0 at 0, dy at infinity and NaN at NaN', () => {
      tf.tidy(() => {
        const x = tf.tensor1d([
          0,
          -0,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Number.NaN,
          Number.NaN,
        ]);
        const dx = runKernel('ReluGrad', { dy: tf.tensor1d([2, 3, 4, 5, 6, 7]), x });
        expect([...dx.dataSync()]).toEqual([0, 0, 4, 0, Number.NaN, Number.NaN]);
      });
    });
  });

  describe('Prelu', () => {
    it.each([[], [1], [5], [4, 5], [3, 4, 5], [1, 1, 5], [4, 1], [3, 1, 5], [3, 1, 1]])(
      'with alpha of shape %j is x < 0 ? alpha x : x',
      (...shape) => {
        const alpha = random(tf.util.sizeFromShape(shape), 5);
        const x = random(60, 6);
        const full = [...Array<number>(3 - shape.length).fill(1), ...shape];
        const strides = full.map((length, axis) =>
          length === 1 ? 0 : tf.util.sizeFromShape(full.slice(axis + 1)),
        );
        const expected = Array.from(x, (value, i) => {
          const at = [Math.floor(i / 20), Math.floor(i / 5) % 4, i % 5];
          const slope = alpha[at.reduce((sum, place, axis) => sum + place * strides[axis]!, 0)]!;
          return value < 0 ? slope * value : value;
        });
        tf.tidy(() => {
          expectClose(tf.prelu(tf.tensor(x, [3, 4, 5]), tf.tensor(alpha, shape)).dataSync(), expected);
        });
      },
    );
  });

  describe('Add of a bias', () => {
    it.each([
      [[5, 3], [3]],
      [[1, 7], [7]],
      [[2, 3, 4, 6], [6]],
      [
        [2, 3, 4, 6],
        [1, 1, 1, 6],
      ],
      [
        [9, 5],
        [1, 5],
      ],
      [
        [4, 3, 5],
        [3, 5],
      ],
      [[6, 120], [120]],
      [[13, 2], [2]],
    ])('of shape %j and %j equals the sum in either order', (shape, biasShape) => {
      const x = random(tf.util.sizeFromShape(shape), 5);
      const bias = random(tf.util.sizeFromShape(biasShape), 6);
      const expected = Array.from(x, (value, i) => Math.fround(value + bias[i % bias.length]!));
      tf.tidy(() => {
        const a = tf.tensor(x, shape);
        const b = tf.tensor(bias, biasShape);
        expect([...tf.add(a, b).dataSync()]).toEqual(expected);
        expect([...tf.add(b, a).dataSync()]).toEqual(expected);
        expect(tf.add(b, a).shape).toEqual(shape);
      });
    });

    it.each([
      ['equal shapes', [3, 4], [3, 4]],
      ['a scalar', [3, 4], []],
      ['a column', [3, 4], [3, 1]],
      ['two broadcast axes', [3, 1, 4], [1, 5, 1]],
      ['a middle axis', [3, 5, 4], [5, 1]],
      ['more leading ones than axes', [3, 4], [1, 1, 4]],
    ])('leaves %s to tfjs and equals its cpu backend', (_, aShape, bShape) => {
      const compute = () => tf.add(randomTensor(aShape, 7), randomTensor(bShape, 8));
      expect([...Array.from(valuesOn('wasm', compute))]).toEqual([...Array.from(valuesOn('cpu', compute))]);
    });

    it('leaves int32 to tfjs', () => {
      tf.tidy(() => {
        const sum = tf.add(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor1d([10, 20], 'int32'));
        expect(sum.dtype).toBe('int32');
        expect([...sum.dataSync()]).toEqual([11, 22, 13, 24]);
      });
    });
  });

  describe.each([
    ['Sum', tf.sum, 1],
    ['Mean', tf.mean, 3],
  ] as const)('%s over leading axes', (name, reduce, divisorOf3) => {
    it('equals float64 for any number of rows and columns', () => {
      const rows = fc.integer({ min: 1, max: 700 });
      const columns = fc.integer({ min: 1, max: 21 });
      const property = fc.property(rows, columns, (rowCount, columnCount) => {
        const x = random(rowCount * columnCount, 9);
        const expected = new Float64Array(columnCount);
        x.forEach((value, i) => {
          expected[i % columnCount]! += value;
        });
        tf.tidy(() => {
          const reduced = reduce(tf.tensor2d(x, [rowCount, columnCount]), 0);
          const divisor = name === 'Mean' ? rowCount : 1;
          expectClose(
            reduced.dataSync(),
            expected.map((value) => value / divisor),
          );
        });
      });
      fc.assert(property, { numRuns: 100 });
    });

    it.each([
      ['[0, 1, 2] of a rank 4', [2, 3, 5, 6], [0, 1, 2], false],
      ['in any order', [2, 3, 5, 6], [2, 0, 1], false],
      ['with the axes kept', [2, 3, 5, 6], [0, 1], true],
      ['negative', [2, 3, 5], [-3, -2], false],
      ['the last', [2, 3, 5], [2], false],
      ['the middle one', [2, 3, 5], [1], true],
      ['all', [2, 3, 5], [0, 1, 2], false],
    ])("over axes %s equals tfjs's cpu backend", (_, shape, axes, keepDims) => {
      const compute = () => reduce(randomTensor(shape, 10), axes as number[], keepDims);
      expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
      const shapes = ['wasm', 'cpu'].map((backendName) => {
        tf.setBackend(backendName);
        return tf.tidy(() => compute().shape);
      });
      tf.setBackend('wasm');
      expect(shapes[0]).toEqual(shapes[1]);
    });

    it('leaves int32 to tfjs', () => {
      tf.tidy(() => {
        const reduced = reduce(tf.tensor2d([3, 0, 6, 9, 0, 0], [3, 2], 'int32'), 0);
        expect(reduced.dtype).toBe(name === 'Sum' ? 'int32' : 'float32');
        expect([...reduced.dataSync()]).toEqual([9 / divisorOf3, 9 / divisorOf3]);
      });
    });

    it('keeps NaN and infinity in their column', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, Number.NaN, 3, 4, 5, Number.POSITIVE_INFINITY, 7, 8, 9], [3, 3]);
        const expected = [12 / divisorOf3, Number.NaN, Number.POSITIVE_INFINITY];
        expect([...reduce(x, 0).dataSync()]).toEqual(expected);
      });
    });
  });
}
