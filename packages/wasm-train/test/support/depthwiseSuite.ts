import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, runKernel, valuesOn } from './compare.js';
import * as float64 from './float64.js';

interface Case {
  x: [number, number, number, number];
  /** Height and width of the filter, and how many filters each channel has. */
  filter: [number, number, number];
  strides?: number | [number, number];
  dilations?: number | [number, number];
  pad?: 'valid' | 'same' | tf.backend_util.ExplicitPadding;
}

const cases: Record<string, Case> = {
  'a layer of MobileNet': { x: [2, 14, 14, 24], filter: [3, 3, 1], pad: 'same' },
  'a layer of MobileNet with a stride': { x: [2, 14, 13, 36], filter: [3, 3, 1], strides: 2, pad: 'same' },
  'channels that are no multiple of 4': { x: [1, 5, 7, 7], filter: [3, 2, 1] },
  'fewer channels than a vector': { x: [2, 5, 5, 3], filter: [3, 3, 1], pad: 'same' },
  'more filters for each channel than a vector holds': { x: [2, 6, 5, 3], filter: [2, 3, 9], pad: 'same' },
  'a filter smaller than the stride in one direction': {
    x: [2, 7, 8, 21],
    filter: [1, 3, 1],
    strides: 2,
    pad: 'same',
  },
  'two filters for each channel': { x: [2, 6, 5, 5], filter: [3, 3, 2], pad: 'same' },
  'different strides': { x: [1, 9, 8, 8], filter: [3, 2, 1], strides: [1, 3], pad: 'same' },
  'a stride larger than the filter': { x: [1, 11, 12, 5], filter: [2, 2, 1], strides: [4, 3] },
  'a dilation': { x: [2, 11, 12, 20], filter: [3, 3, 1], dilations: [2, 3] },
  'lopsided padding': {
    x: [2, 5, 6, 6],
    filter: [3, 3, 1],
    pad: [
      [0, 0],
      [2, 0],
      [0, 3],
      [0, 0],
    ],
  },
  'a filter larger than the image': { x: [1, 2, 2, 4], filter: [5, 5, 1], pad: 'same' },
};

function describeCase({ x, filter, strides = 1, dilations = 1, pad = 'valid' }: Case) {
  const filterShape: [number, number, number, number] = [filter[0], filter[1], x[3], filter[2]];
  const info = tf.backend_util.computeConv2DInfo(x, filterShape, strides, dilations, pad, undefined, true);
  return { info, filterShape, attributes: { strides, dilations, pad } };
}

/** Both gradients of random tensors: what the kernels give, and what they are computed of. */
function gradientsOf(testCase: Case) {
  const { info, filterShape, attributes } = describeCase(testCase);
  const x = random(tf.util.sizeFromShape(testCase.x), 1);
  const filter = random(tf.util.sizeFromShape(filterShape), 2);
  const dy = random(tf.util.sizeFromShape(info.outShape), 3);
  return {
    ...{ info, x, filter, dy, filterShape },
    dw: () =>
      runKernel(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: tf.tensor(x, testCase.x), dy: tf.tensor(dy, info.outShape) },
        { ...attributes, filterShape },
      ),
    dx: () =>
      runKernel(
        'DepthwiseConv2dNativeBackpropInput',
        { dy: tf.tensor(dy, info.outShape), filter: tf.tensor(filter, filterShape) },
        { ...attributes, inputShape: testCase.x },
      ),
  };
}

function checkAgainstFloat64(testCase: Case): void {
  const { info, x, filter, dy, filterShape, dw, dx } = gradientsOf(testCase);
  tf.tidy(() => {
    const inputs = { x: tf.tensor(x, testCase.x), filter: tf.tensor(filter, filterShape) };
    const y = runKernel('DepthwiseConv2dNative', inputs, describeCase(testCase).attributes);
    expect(y.shape).toEqual(info.outShape);
    expectClose(y.dataSync(), float64.depthwise(x, filter, info));
    expect(dw().shape).toEqual(filterShape);
    expectClose(dw().dataSync(), float64.depthwiseFilterGradient(x, dy, info));
    expect(dx().shape).toEqual(testCase.x);
    expectClose(dx().dataSync(), float64.depthwiseInputGradient(dy, filter, info));
  });
}

const side = fc.integer({ min: 1, max: 9 });
const small = fc.integer({ min: 1, max: 4 });

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.integer({ min: 1, max: 37 })),
    filter: fc.tuple(small, small, fc.integer({ min: 1, max: 3 })),
    strides: fc.tuple(small, small),
    dilations: fc.tuple(small, small),
    pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
  })
  .filter((testCase) => describeCase(testCase).info.outShape.every((length) => length > 0));

export function depthwiseSuite(): void {
  describe('a depthwise convolution and its two gradients', () => {
    it.each(Object.entries(cases))('equal float64 for %s', (_, testCase) => {
      checkAgainstFloat64(testCase);
    });

    it('equal float64 for any shape, stride, dilation and padding', () => {
      fc.assert(fc.property(anyCase, checkAgainstFloat64), { numRuns: 200 });
    });

    const undilated = Object.entries(cases).filter(([, { dilations }]) => dilations === undefined);
    it.each(undilated)("equal tfjs's cpu backend for %s", (_, testCase) => {
      const { dw, dx } = gradientsOf(testCase);
      for (const compute of [dw, dx]) expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
    });

    it('are what tf.grads gives for dilations, also to separable convolutions', () => {
      const testCase: Case = { x: [2, 7, 8, 3], filter: [3, 2, 2], dilations: [2, 3], pad: 'same' };
      const { info, x, filter, dy, filterShape } = gradientsOf(testCase);
      tf.tidy(() => {
        const inputs = [tf.tensor(x, testCase.x), tf.tensor(filter, filterShape)];
        const convolve = (image: tf.Tensor, weights: tf.Tensor) =>
          tf.depthwiseConv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]);
        const separable = (image: tf.Tensor, weights: tf.Tensor) => {
          const identity: tf.Tensor4D = tf.reshape(tf.eye(6), [1, 1, 6, 6]);
          return tf.separableConv2d(
            image as tf.Tensor4D,
            weights as tf.Tensor4D,
            identity,
            1,
            'same',
            [2, 3],
          );
        };
        for (const f of [convolve, separable]) {
          const [dx, dw] = tf.grads(f)(inputs, tf.tensor(dy, info.outShape));
          expectClose(dx!.dataSync(), float64.depthwiseInputGradient(dy, filter, info));
          expectClose(dw!.dataSync(), float64.depthwiseFilterGradient(x, dy, info));
        }
      });
    });

    it('have gradients themselves', () => {
      // The sum of y dy is linear in x, in the filter and in dy: the gradient of each gradient is one of the others.
      const testCase: Case = { x: [1, 5, 6, 3], filter: [2, 3, 2], strides: 2 };
      const { info, x, filter, dy, filterShape, attributes } = {
        ...describeCase(testCase),
        ...gradientsOf(testCase),
      };
      const [more, moreFilter] = [random(x.length, 7), random(filter.length, 8)];
      tf.tidy(() => {
        const gradient = tf.tensor(dy, info.outShape);
        const backInput = (dyTensor: tf.Tensor, weights: tf.Tensor) =>
          runKernel(
            'DepthwiseConv2dNativeBackpropInput',
            { dy: dyTensor, filter: weights },
            { ...attributes, inputShape: testCase.x },
          );
        const [ofDy, ofFilter] = tf.grads(backInput)(
          [gradient, tf.tensor(filter, filterShape)],
          tf.tensor(more, testCase.x),
        );
        expectClose(ofDy!.dataSync(), float64.depthwise(more, filter, info));
        expectClose(ofFilter!.dataSync(), float64.depthwiseFilterGradient(more, dy, info));
        const backFilter = (image: tf.Tensor, dyTensor: tf.Tensor) =>
          runKernel(
            'DepthwiseConv2dNativeBackpropFilter',
            { x: image, dy: dyTensor },
            { ...attributes, filterShape },
          );
        const [ofX, ofDyToo] = tf.grads(backFilter)(
          [tf.tensor(x, testCase.x), gradient],
          tf.tensor(moreFilter, filterShape),
        );
        expectClose(ofX!.dataSync(), float64.depthwiseInputGradient(dy, moreFilter, info));
        expectClose(ofDyToo!.dataSync(), float64.depthwise(x, moreFilter, info));
      });
    });

    it('refuse a filter larger than x', () => {
      tf.tidy(() => {
        const x = tf.ones<tf.Rank.R4>([1, 2, 6, 3]);
        expect(() => tf.depthwiseConv2d(x, tf.ones([3, 2, 3, 1]), 1, 'valid')).toThrow(
          /DepthwiseConv2dNative: the filter \[3, 2\] .* larger than x \[2, 6\]/,
        );
      });
    });

    it('are what tf.grads gives', () => {
      const x = random(2 * 7 * 6 * 5, 4);
      const filter = random(3 * 3 * 5, 5);
      for (const index of [0, 1]) {
        const compute = () =>
          tf.grads((image: tf.Tensor, weights: tf.Tensor) =>
            tf.square(tf.depthwiseConv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 2, 'same')),
          )([tf.tensor(x, [2, 7, 6, 5]), tf.tensor(filter, [3, 3, 5, 1])])[index]!;
        expectClose(valuesOn('wasm', compute), valuesOn('cpu', compute));
      }
    });

    it('give a channel the same bits wherever it lies', () => {
      tf.tidy(() => {
        const x = tf.tensor4d(random(2 * 9 * 8 * 4, 6), [2, 9, 8, 4]);
        const filter = tf.tensor4d(random(3 * 3 * 4, 7), [3, 3, 4, 1]);
        const dy = tf.tensor4d(random(2 * 7 * 6 * 4, 8), [2, 7, 6, 4]);
        const attributes = { strides: 1, dilations: 1, pad: 'valid' };
        /** All results, of one of the channels. */
        const ofChannel = (
          tensors: { x: tf.Tensor4D; filter: tf.Tensor4D; dy: tf.Tensor4D },
          channel: number,
        ) => {
          const shapes = { inputShape: tensors.x.shape, filterShape: tensors.filter.shape };
          const kernels = ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput'];
          const [y, dx] = kernels.map((name) => runKernel(name, tensors, { ...attributes, ...shapes }));
          const dFilter = runKernel('DepthwiseConv2dNativeBackpropFilter', tensors, {
            ...attributes,
            ...shapes,
          });
          const parts = [
            tf.gather(y!, [channel], 3),
            tf.gather(dx!, [channel], 3),
            tf.gather(dFilter, [channel], 2),
          ];
          return parts.map((part) => part.dataSync());
        };
        const alone = {
          x: tf.gather(x, [2], 3),
          filter: tf.gather(filter, [2], 2),
          dy: tf.gather(dy, [2], 3),
        };
        expect(ofChannel({ x, filter, dy }, 2)).toEqual(ofChannel(alone, 0));
      });
    });

    it('give zeros where there is nothing to sum', () => {
      tf.tidy(() => {
        const attributes = { strides: 1, dilations: 1, pad: 'valid' };
        const empty = { x: tf.zeros([0, 4, 4, 2]), dy: tf.zeros([0, 2, 2, 2]) };
        const filterShape = [3, 3, 2, 1];
        const dw = runKernel('DepthwiseConv2dNativeBackpropFilter', empty, { ...attributes, filterShape });
        expectClose(dw.dataSync(), new Float64Array(18));
        const none = { dy: tf.zeros([1, 2, 2, 0]), filter: tf.zeros([3, 3, 2, 0]) };
        const inputShape = [1, 4, 4, 2];
        const dx = runKernel('DepthwiseConv2dNativeBackpropInput', none, { ...attributes, inputShape });
        expectClose(dx.dataSync(), new Float64Array(32));
      });
    });
  });
}
