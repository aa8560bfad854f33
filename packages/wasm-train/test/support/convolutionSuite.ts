import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, runKernel, valuesOn } from './compare.js';
import * as float64 from './float64.js';

interface Case {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides?: number | [number, number];
  dilations?: number | [number, number];
  pad?: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const cases: Record<string, Case> = {
  'the first layer of LeNet': { x: [3, 28, 28, 1], filter: [5, 5, 1, 6] },
  'the second layer of LeNet': { x: [5, 12, 12, 6], filter: [5, 5, 6, 16] },
  'a single pixel': { x: [1, 1, 1, 1], filter: [1, 1, 1, 1] },
  'a filter as large as the image': { x: [2, 5, 7, 3], filter: [5, 7, 3, 11] },
  'prime sizes everywhere': { x: [3, 13, 11, 7], filter: [3, 5, 7, 5], pad: 'same' },
  pointwise: { x: [2, 7, 5, 13], filter: [1, 1, 13, 17] },
  'pointwise with a stride': { x: [2, 7, 5, 3], filter: [1, 1, 3, 9], strides: 2 },
  'pointwise over more than one block of pixels': { x: [2, 17, 19, 5], filter: [1, 1, 5, 8] },
  'same padding with a stride': { x: [2, 9, 10, 4], filter: [3, 3, 4, 8], strides: 2, pad: 'same' },
  'same padding of an even filter': { x: [2, 6, 7, 2], filter: [4, 2, 2, 3], pad: 'same' },
  'a stride larger than the filter': { x: [2, 11, 13, 3], filter: [2, 2, 3, 5], strides: [4, 3] },
  'different strides': { x: [1, 9, 8, 5], filter: [3, 2, 5, 4], strides: [1, 3], pad: 'same' },
  'a dilation': { x: [2, 11, 12, 3], filter: [3, 3, 3, 6], dilations: 2 },
  'different dilations, same padding': {
    x: [1, 9, 14, 4],
    filter: [3, 2, 4, 9],
    dilations: [1, 3],
    pad: 'same',
  },
  'a dilation along the height': { x: [1, 9, 9, 2], filter: [3, 3, 2, 8], dilations: [3, 1] },
  'numeric padding': { x: [2, 6, 6, 3], filter: [3, 3, 3, 10], pad: 2 },
  'padding larger than the filter': { x: [1, 4, 4, 2], filter: [2, 2, 2, 3], pad: 3 },
  'lopsided explicit padding': {
    x: [2, 7, 6, 3],
    filter: [3, 3, 3, 5],
    pad: [
      [0, 0],
      [2, 0],
      [0, 3],
      [0, 0],
    ],
  },
  'windows rounded up over the border': {
    x: [2, 8, 8, 3],
    filter: [3, 3, 3, 4],
    strides: 3,
    pad: 1,
    dimRoundingMode: 'ceil',
  },
  'more than one block of pixels and rows': { x: [2, 40, 37, 5], filter: [3, 3, 5, 12], pad: 'same' },
  'more channels than a block holds': { x: [1, 5, 5, 67], filter: [3, 3, 67, 33], pad: 'same' },
  'fewer channels than a tile has columns, in more than one block': {
    x: [2, 19, 17, 1],
    filter: [5, 4, 1, 7],
  },
  'three channels in more than one block, dilated': { x: [3, 15, 14, 2], filter: [3, 3, 2, 3], dilations: 2 },
  'one channel to two, of rows that are no multiple of a block': {
    x: [3, 9, 31, 1],
    filter: [3, 5, 1, 2],
    pad: 'same',
  },
  'one channel to four, with a stride down': { x: [2, 17, 30, 1], filter: [4, 3, 1, 4], strides: [2, 1] },
  'one channel to three, dilated': { x: [2, 11, 28, 1], filter: [3, 3, 1, 3], dilations: [2, 3] },
  'one channel to one': { x: [2, 6, 26, 1], filter: [2, 3, 1, 1] },
  'long sums of some rows of the filter, dilated': {
    x: [2, 21, 4, 8],
    filter: [9, 1, 8, 30],
    dilations: [2, 1],
  },
  'a single output channel': { x: [2, 9, 9, 4], filter: [3, 3, 4, 1] },
};

function attributesOf(testCase: Case) {
  const { strides = 1, dilations = 1, pad = 'valid', dimRoundingMode } = testCase;
  return { strides, dilations, pad, dimRoundingMode, dataFormat: 'NHWC' as const };
}

function infoOf(testCase: Case): float64.ConvolutionInfo {
  const { strides, dilations, pad, dimRoundingMode } = attributesOf(testCase);
  return tf.backend_util.computeConv2DInfo(
    testCase.x,
    testCase.filter,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

/** The three kernels against float64. */
function checkAgainstFloat64(testCase: Case): void {
  const info = infoOf(testCase);
  const attributes = attributesOf(testCase);
  const xValues = random(tf.util.sizeFromShape(testCase.x), 1);
  const filterValues = random(tf.util.sizeFromShape(testCase.filter), 2);
  const dyValues = random(tf.util.sizeFromShape(info.outShape), 3);
  tf.tidy(() => {
    const x = tf.tensor(xValues, testCase.x);
    const filter = tf.tensor(filterValues, testCase.filter);
    const dy = tf.tensor(dyValues, info.outShape);
    const y = runKernel('Conv2D', { x, filter }, attributes);
    expect(y.shape).toEqual(info.outShape);
    expectClose(y.dataSync(), float64.conv2d(xValues, filterValues, info));
    const dw = runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: testCase.filter });
    expect(dw.shape).toEqual(testCase.filter);
    expectClose(dw.dataSync(), float64.conv2dFilterGradient(xValues, dyValues, info));
    const dx = runKernel('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: testCase.x });
    expect(dx.shape).toEqual(testCase.x);
    expectClose(dx.dataSync(), float64.conv2dInputGradient(dyValues, filterValues, info));
  });
}

const side = fc.integer({ min: 1, max: 9 });
const small = fc.integer({ min: 1, max: 4 });
const channels = fc.integer({ min: 1, max: 18 });
const border = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    size: fc.record({ n: fc.integer({ min: 1, max: 3 }), h: side, w: side, c: channels, o: channels }),
    taps: fc.tuple(small, small),
    strides: fc.tuple(small, small),
    dilations: fc.tuple(small, small),
    pad: fc.oneof(
      fc.constant<'valid'>('valid'),
      fc.constant<'same'>('same'),
      fc.tuple(border, border).map(([h, w]): tf.backend_util.ExplicitPadding => [[0, 0], h, w, [0, 0]]),
    ),
  })
  .map(({ size, taps, strides, dilations, pad }): Case => {
    const { n, h, w, c, o } = size;
    return { x: [n, h, w, c], filter: [...taps, c, o], strides, dilations, pad };
  })
  .filter((testCase) => infoOf(testCase).outShape.every((length) => length > 0));

export function convolutionSuite(): void {
  describe('convolution and its two gradients', () => {
    it.each(Object.entries(cases))('equal float64 for %s', (_, testCase) => {
      checkAgainstFloat64(testCase);
    });

    it('equal float64 for any shape, stride, dilation and padding', () => {
      fc.assert(fc.property(anyCase, checkAgainstFloat64), { numRuns: 200 });
    });

    const undilated = Object.entries(cases).filter(([, { dilations }]) => dilations === undefined);
    it.each(undilated)("equal tfjs's cpu backend for %s", (_, testCase) => {
      const info = infoOf(testCase);
      const attributes = attributesOf(testCase);
      const x = random(tf.util.sizeFromShape(testCase.x), 4);
      const filter = random(tf.util.sizeFromShape(testCase.filter), 5);
      const dy = random(tf.util.sizeFromShape(info.outShape), 6);
      const computations = [
        () => {
          const inputs = { x: tf.tensor(x, testCase.x), filter: tf.tensor(filter, testCase.filter) };
          return runKernel('Conv2D', inputs, attributes);
        },
        () => {
          const inputs = { x: tf.tensor(x, testCase.x), dy: tf.tensor(dy, info.outShape) };
          return runKernel('Conv2DBackpropFilter', inputs, { ...attributes, filterShape: testCase.filter });
        },
        () => {
          const inputs = { dy: tf.tensor(dy, info.outShape), filter: tf.tensor(filter, testCase.filter) };
          return runKernel('Conv2DBackpropInput', inputs, { ...attributes, inputShape: testCase.x });
        },
      ];
      for (const compute of computations) expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
    });

    it('give zeros where there is nothing to sum', () => {
      tf.tidy(() => {
        const x = tf.zeros([2, 4, 4, 0]);
        const filter = tf.zeros([3, 3, 0, 2]);
        const attributes = attributesOf({ x: [2, 4, 4, 0], filter: [3, 3, 0, 2] });
        expectClose(runKernel('Conv2D', { x, filter }, attributes).dataSync(), new Float64Array(16));
        const empty = { x: tf.zeros([0, 4, 4, 1]), dy: tf.zeros([0, 2, 2, 2]) };
        const dw = runKernel('Conv2DBackpropFilter', empty, { ...attributes, filterShape: [3, 3, 1, 2] });
        expectClose(dw.dataSync(), new Float64Array(18));
        const none = { dy: tf.zeros([2, 2, 2, 0]), filter: tf.zeros([3, 3, 1, 0]) };
        const dx = runKernel('Conv2DBackpropInput', none, { ...attributes, inputShape: [2, 4, 4, 1] });
        expectClose(dx.dataSync(), new Float64Array(32));
      });
    });

    it('refuse a filter larger than x, a dy of another size, and leave the heap as it was', () => {
      tf.tidy(() => {
        const x = tf.ones<tf.Rank.R4>([2, 3, 9, 1]);
        const filter = tf.ones<tf.Rank.R4>([2, 4, 1, 5]);
        const before = tf.memory();
        for (const [strides, pad] of [
          [1, 'valid'],
          [4, 'valid'],
          [1, 0],
        ]) {
          const attributes = { strides, pad, dilations: [3, 1], dataFormat: 'NHWC' };
          expect(() => runKernel('Conv2D', { x, filter }, attributes)).toThrow(
            /Conv2D: the filter \[4, 4\] \(height, width, dilations included\) is larger than x \[3, 9\] with padding (0|"valid")/,
          );
        }
        expect(tf.memory().numTensors).toBe(before.numTensors);
        const attributes = { strides: 2, pad: 'valid', dataFormat: 'NHWC', inputShape: [1, 7, 7, 1] };
        const inputs = { dy: tf.ones([1, 4, 4, 5]), filter };
        expect(() => runKernel('Conv2DBackpropInput', inputs, attributes)).toThrow(
          /Conv2DBackpropInput: dy has the size \[4, 4\].*make it \[3, 2\]/,
        );
      });
    });

    it('take images of rank 3', () => {
      const x = random(7 * 6 * 3, 7);
      const filter = random(3 * 3 * 3 * 4, 8);
      const compute = () =>
        tf.conv2d(tf.tensor3d(x, [7, 6, 3]), tf.tensor4d(filter, [3, 3, 3, 4]), 2, 'same');
      expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
    });

    it('leave channels first to tfjs, which refuses it', () => {
      tf.tidy(() => {
        const x = tf.zeros<tf.Rank.R4>([1, 2, 5, 5]);
        const filter = tf.zeros<tf.Rank.R4>([3, 3, 2, 4]);
        expect(() => tf.conv2d(x, filter, 1, 'valid', 'NCHW')).toThrow(/channelsLast/);
      });
    });

    it('keep NaN and infinity where they belong', () => {
      const info = infoOf({ x: [1, 6, 6, 3], filter: [3, 3, 3, 9] });
      const x = random(108, 9);
      x[40] = Number.NaN;
      x[70] = Number.POSITIVE_INFINITY;
      const filter = random(243, 10);
      const dy = random(144, 11);
      dy[17] = Number.NEGATIVE_INFINITY;
      const attributes = attributesOf({ x: [1, 6, 6, 3], filter: [3, 3, 3, 9] });
      tf.tidy(() => {
        const inputs = { x: tf.tensor(x, [1, 6, 6, 3]), filter: tf.tensor(filter, [3, 3, 3, 9]) };
        const gradient = { dy: tf.tensor(dy, [1, 4, 4, 9]), filter: inputs.filter };
        const y = runKernel('Conv2D', inputs, attributes);
        expectClose(y.dataSync(), float64.conv2d(x, filter, info));
        const dw = runKernel(
          'Conv2DBackpropFilter',
          { x: inputs.x, dy: gradient.dy },
          { ...attributes, filterShape: [3, 3, 3, 9] },
        );
        expectClose(dw.dataSync(), float64.conv2dFilterGradient(x, dy, info));
        const dx = runKernel('Conv2DBackpropInput', gradient, { ...attributes, inputShape: [1, 6, 6, 3] });
        expectClose(dx.dataSync(), float64.conv2dInputGradient(dy, filter, info));
      });
    });
  });
}
