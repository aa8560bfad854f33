import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, runKernel, valuesOn } from './compare.js';
import * as float64 from './float64.js';

interface Case {
  x: [number, number, number, number];
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const cases: Record<string, Case> = {
  'the first layer of LeNet': { x: [3, 24, 24, 6], filterSize: 2, strides: 2, pad: 'valid' },
  'the second layer of LeNet': { x: [3, 8, 8, 16], filterSize: 2, strides: 2, pad: 'valid' },
  'one channel': { x: [2, 7, 7, 1], filterSize: 2, strides: 2, pad: 'valid' },
  'three channels, overlapping': { x: [2, 7, 8, 3], filterSize: 3, strides: 2, pad: 'same' },
  'overlapping windows of many channels': { x: [2, 9, 6, 11], filterSize: 3, strides: 1, pad: 'same' },
  'windows with gaps': { x: [1, 11, 10, 5], filterSize: 2, strides: [3, 4], pad: 'valid' },
  'windows with gaps one way, overlaps the other': {
    x: [1, 9, 9, 6],
    filterSize: [2, 3],
    strides: 2,
    pad: 'same',
  },
  'a window of one pixel': { x: [2, 4, 5, 7], filterSize: 1, strides: 1, pad: 'valid' },
  'one window for all': { x: [3, 7, 5, 9], filterSize: [7, 5], strides: 1, pad: 'valid' },
  'numeric padding': { x: [1, 6, 6, 4], filterSize: 3, strides: 2, pad: 1 },
  'lopsided explicit padding': {
    x: [2, 5, 6, 5],
    filterSize: 3,
    strides: 2,
    pad: [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
  },
  'windows rounded up over the border': {
    x: [2, 8, 8, 3],
    filterSize: 3,
    strides: 3,
    pad: 0,
    dimRoundingMode: 'ceil',
  },
};

function infoOf({ x, filterSize, strides, pad, dimRoundingMode }: Case): float64.ConvolutionInfo {
  return tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, pad, dimRoundingMode);
}

function checkAgainstFloat64(testCase: Case): void {
  const info = infoOf(testCase);
  const xValues = random(tf.util.sizeFromShape(testCase.x), 1);
  const dyValues = random(tf.util.sizeFromShape(info.outShape), 2);
  tf.tidy(() => {
    const x = tf.tensor(xValues, testCase.x);
    const dy = tf.tensor(dyValues, info.outShape);
    const y = runKernel('AvgPool', { x }, testCase);
    expect(y.shape).toEqual(info.outShape);
    expectClose(y.dataSync(), float64.avgPool(xValues, info));
    expectClose(runKernel('MaxPool', { x }, testCase).dataSync(), float64.maxPool(xValues, info), 0);
    const average = runKernel('AvgPoolGrad', { dy, input: x }, testCase);
    expect(average.shape).toEqual(testCase.x);
    expectClose(average.dataSync(), float64.avgPoolGradient(dyValues, info));
    const largest = runKernel('MaxPoolGrad', { dy, input: x, output: dy }, testCase);
    expect(largest.shape).toEqual(testCase.x);
    expectClose(largest.dataSync(), float64.maxPoolGradient(xValues, dyValues, info));
  });
}

const side = fc.integer({ min: 1, max: 9 });
const small = fc.integer({ min: 1, max: 4 });

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.integer({ min: 1, max: 13 })),
    filterSize: fc.tuple(small, small),
    strides: fc.tuple(small, small),
    pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
  })
  .filter((testCase) => infoOf(testCase).outShape.every((length) => length > 0));

export function poolingSuite(): void {
  describe('poolings and their gradients', () => {
    it.each(Object.entries(cases))('equal float64 for %s', (_, testCase) => {
      checkAgainstFloat64(testCase);
    });

    it('equal float64 for any shape, window, stride and padding', () => {
      fc.assert(fc.property(anyCase, checkAgainstFloat64), { numRuns: 200 });
    });

    it.each(Object.entries(cases).filter(([, { dimRoundingMode }]) => dimRoundingMode === undefined))(
      "equal tfjs's cpu backend for %s",
      (_, testCase) => {
        const info = infoOf(testCase);
        const x = random(tf.util.sizeFromShape(testCase.x), 3);
        const dy = random(tf.util.sizeFromShape(info.outShape), 4);
        const input = () => tf.tensor(x, testCase.x);
        const gradient = () => tf.tensor(dy, info.outShape);
        const computations = [
          () => runKernel('AvgPool', { x: input() }, testCase),
          () => runKernel('MaxPoolGrad', { dy: gradient(), input: input(), output: gradient() }, testCase),
        ];
        // Over the border tfjs's gradient divides by the whole window, though its average does not: see below.
        if (Object.values(info.padInfo).every((side) => side === 0 || side === 'VALID')) {
          computations.push(() => runKernel('AvgPoolGrad', { dy: gradient(), input: input() }, testCase));
        }
        for (const compute of computations) expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
      },
    );

    it('is the derivative of the average also for windows that reach over the border', () => {
      const x = random(25, 7);
      const average = (values: Float32Array) =>
        tf.tidy(() => tf.sum(tf.avgPool(tf.tensor4d(values, [1, 5, 5, 1]), 3, 2, 'same')).dataSync()[0]!);
      const gradient = tf.tidy(() =>
        tf
          .grad((input: tf.Tensor) => tf.avgPool(input as tf.Tensor4D, 3, 2, 'same'))(
            tf.tensor4d(x, [1, 5, 5, 1]),
          )
          .dataSync(),
      );
      const differences = Array.from(x, (_, i) => {
        const above = x.map((value, j) => (j === i ? value + 1 : value));
        return average(above) - average(x);
      });
      expectClose(gradient, differences);
    });

    it('give the gradient of equal pixels to the first', () => {
      tf.tidy(() => {
        const input = tf.ones([1, 2, 2, 5]);
        const dy = tf.fill([1, 1, 1, 5], 3);
        const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
        const dx = runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes);
        expect([...dx.dataSync()]).toEqual([3, 3, 3, 3, 3, ...Array<number>(15).fill(0)]);
      });
    });

    it('give the gradient to a NaN if there is one, and to a pixel even if all are minus infinity', () => {
      tf.tidy(() => {
        const values = Float32Array.from({ length: 20 }, () => Number.NEGATIVE_INFINITY);
        // Channels 0 and 4 take the vector and the single path to the same end.
        values[10] = Number.NaN;
        values[14] = Number.NaN;
        values[15] = 1;
        values[19] = 1;
        const dy = tf.ones([1, 1, 1, 5]);
        const input = tf.tensor4d(values, [1, 2, 2, 5]);
        const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
        const dx = [...runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes).dataSync()];
        expect(dx).toEqual([0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
      });
    });

    it('keep NaN and infinity in their windows', () => {
      const testCase: Case = { x: [1, 6, 6, 5], filterSize: 2, strides: 2, pad: 'valid' };
      const x = random(180, 5);
      const dy = random(45, 6);
      x[33] = Number.NaN;
      x[90] = Number.POSITIVE_INFINITY;
      dy[7] = Number.NaN;
      dy[29] = Number.NEGATIVE_INFINITY;
      tf.tidy(() => {
        const input = tf.tensor(x, testCase.x);
        const gradient = tf.tensor(dy, [1, 3, 3, 5]);
        expectClose(
          runKernel('AvgPool', { x: input }, testCase).dataSync(),
          float64.avgPool(x, infoOf(testCase)),
        );
        expectClose(
          runKernel('AvgPoolGrad', { dy: gradient, input }, testCase).dataSync(),
          float64.avgPoolGradient(dy, infoOf(testCase)),
        );
      });
    });

    it('find the largest of int32, and of numbers all below zero', () => {
      tf.tidy(() => {
        const values = [-7, 2 ** 30 + 1, -3, -9, 5, 6, -1, 0, -8, -8, -8, -8];
        const x = tf.tensor4d(values, [1, 3, 2, 2], 'int32');
        const y = tf.maxPool(x, [1, 2], 1, 'valid');
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([-3, 2 ** 30 + 1, 5, 6, -8, -8]);
        const four = tf.maxPool(tf.fill([1, 2, 2, 5], -4, 'int32') as tf.Tensor4D, 2, 2, 'valid');
        expect([...four.dataSync()]).toEqual(Array(5).fill(-4));
        expect([...tf.maxPool(tf.cast(x, 'float32'), 2, 1, 'same').dataSync().slice(-2)]).toEqual([-8, -8]);
      });
    });

    it('refuse a window larger than x, and leave the heap as it was', () => {
      tf.tidy(() => {
        const before = tf.memory().numTensors;
        for (const pool of [tf.avgPool, tf.maxPool]) {
          const x = tf.ones<tf.Rank.R4>([1, 2, 5, 3]);
          expect(() => pool(x, [4, 3], 1, 'valid')).toThrow(
            /Pool: the window \[4, 3\] \(height, width.* larger than x \[2, 5\] with padding "valid"/,
          );
          x.dispose();
        }
        expect(tf.memory().numTensors).toBe(before);
        const dy = tf.ones([1, 2, 2, 1]);
        const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
        expect(() => runKernel('AvgPoolGrad', { dy, input: tf.ones([1, 8, 4, 1]) }, attributes)).toThrow(
          /AvgPoolGrad: dy has the size \[2, 2\].*make it \[4, 2\]/,
        );
      });
    });

    it('leave int32 to tfjs', () => {
      tf.tidy(() => {
        const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1], 'int32');
        const dy = tf.tensor4d([4], [1, 1, 1, 1]);
        const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
        expect(runKernel('AvgPoolGrad', { dy, input: x }, attributes).dtype).toBe('int32');
      });
    });
  });
}
