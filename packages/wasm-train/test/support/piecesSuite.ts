/** Kernels that are run in pieces, in any order, as threads do it. Threads themselves: threadsSuite.ts. */
import { playThreads, shareAsUsual, shareEverything } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { random, runKernel } from './compare.js';

/** The bits that `call` gives on so many threads. */
function bitsOf(size: number, call: () => tf.Tensor): number[] {
  playThreads(size);
  return tf.tidy(() => Array.from(new Uint32Array(call().dataSync<'float32'>().slice().buffer)));
}

function expectSameBits(call: () => tf.Tensor): void {
  const alone = bitsOf(1, call);
  for (const size of [2, 3, 5]) expect(bitsOf(size, call)).toEqual(alone);
}

let seed = 0;
const tensor = (shape: number[]) => tf.tensor(random(tf.util.sizeFromShape(shape), ++seed), shape);

const side = fc.integer({ min: 1, max: 12 });
const channels = fc.integer({ min: 1, max: 19 });
const taps = fc.integer({ min: 1, max: 4 });
const steps = fc.integer({ min: 1, max: 3 });

const convolution = fc.record({
  image: fc.tuple(fc.integer({ min: 1, max: 5 }), side, side, channels),
  filter: fc.tuple(taps, taps),
  outChannels: channels,
  strides: fc.tuple(steps, steps),
  dilations: fc.tuple(steps, steps),
  pad: fc.constantFrom('valid' as const, 'same' as const),
});

const pooling = fc.record({
  image: fc.tuple(fc.integer({ min: 1, max: 5 }), side, side, channels),
  filterSize: fc.tuple(taps, taps),
  strides: fc.tuple(steps, steps),
  pad: fc.constantFrom('valid' as const, 'same' as const),
});

const volumes = fc.record({
  volume: fc.tuple(fc.integer({ min: 1, max: 3 }), taps, side, side, channels),
  window: fc.tuple(taps, taps, taps),
  strides: fc.tuple(steps, steps, steps),
  outChannels: channels,
});

const product = fc.record({
  batch: fc.constantFrom([], [1], [3], [2, 2]),
  sharedRight: fc.boolean(),
  rows: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 20 }),
  // More than one block of 256 steps, some of the time.
  depth: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 530 })),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

type Value<A> = A extends fc.Arbitrary<infer T> ? T : never;

export function piecesSuite(): void {
  beforeEach(shareEverything);
  afterEach(() => {
    playThreads(1);
    shareAsUsual();
  });

  describe('in pieces, the same bits as in one go come of', () => {
    it('a convolution and both its gradients', () => {
      const check = ({ image, filter, outChannels, ...rest }: Value<typeof convolution>) => {
        const filterShape: [number, number, number, number] = [...filter, image[3], outChannels];
        const info = tf.backend_util.computeConv2DInfo(
          image,
          filterShape,
          rest.strides,
          rest.dilations,
          rest.pad,
        );
        fc.pre(info.outHeight > 0 && info.outWidth > 0);
        tf.tidy(() => {
          const [x, w, dy] = [tensor(image), tensor(filterShape), tensor(info.outShape)];
          const bias = tensor([outChannels]);
          const attributes = { ...rest, dataFormat: 'NHWC' };
          expectSameBits(() => runKernel('Conv2D', { x, filter: w }, attributes));
          const finish = { activation: 'sigmoid' };
          expectSameBits(() =>
            runKernel('FusedConv2D', { x, filter: w, bias }, { ...attributes, ...finish }),
          );
          const inputs = { x, filter: tensor([...filter, image[3], 2]) };
          expectSameBits(() => runKernel('DepthwiseConv2dNative', inputs, attributes));
          expectSameBits(() =>
            runKernel('FusedDepthwiseConv2D', inputs, { ...attributes, activation: 'elu' }),
          );
          expectSameBits(() => runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }));
          expectSameBits(() =>
            runKernel('Conv2DBackpropInput', { dy, filter: w }, { ...attributes, inputShape: image }),
          );
        });
      };
      fc.assert(fc.property(convolution, check), { numRuns: 60 });
    });

    it('a matrix product', () => {
      const check = (p: Value<typeof product>) => {
        tf.tidy(() => {
          const a = tensor([...p.batch, ...(p.transposeA ? [p.depth, p.rows] : [p.rows, p.depth])]);
          const bBatch = p.sharedRight ? [] : p.batch;
          const b = tensor([...bBatch, ...(p.transposeB ? [p.columns, p.depth] : [p.depth, p.columns])]);
          const { transposeA, transposeB } = p;
          expectSameBits(() => runKernel('BatchMatMul', { a, b }, { transposeA, transposeB }));
        });
      };
      fc.assert(fc.property(product, check), { numRuns: 60 });
    });

    it('poolings', () => {
      const check = ({ image, filterSize, strides, pad }: Value<typeof pooling>) => {
        const info = tf.backend_util.computePool2DInfo(image, filterSize, strides, 1, pad);
        fc.pre(info.outHeight > 0 && info.outWidth > 0);
        tf.tidy(() => {
          const [x, dy] = [tensor(image), tensor(info.outShape)];
          const attributes = { filterSize, strides, pad };
          expectSameBits(() => runKernel('AvgPool', { x }, attributes));
          expectSameBits(() => runKernel('AvgPoolGrad', { dy, input: x }, attributes));
          expectSameBits(() => runKernel('MaxPool', { x }, attributes));
          expectSameBits(() => runKernel('MaxPoolGrad', { dy, input: x, output: dy }, attributes));
        });
      };
      fc.assert(fc.property(pooling, check), { numRuns: 60 });
    });

    it('a convolution of volumes, both its gradients, and poolings', () => {
      const check = ({ volume, window, strides, outChannels }: Value<typeof volumes>) => {
        const filterShape = [...window, volume[4], outChannels];
        const attributes = { strides, pad: 'same', dataFormat: 'NDHWC', dilations: [1, 2, 1] };
        const size = volume.slice(1, 4).map((length, axis) => Math.ceil(length / strides[axis]!));
        tf.tidy(() => {
          const [x, filter] = [tensor(volume), tensor(filterShape)];
          const dy = tensor([volume[0], ...size, outChannels]);
          expectSameBits(() => runKernel('Conv3D', { x, filter }, attributes));
          const inputShape = volume;
          expectSameBits(() =>
            runKernel('Conv3DBackpropInputV2', { dy, filter }, { ...attributes, inputShape }),
          );
          expectSameBits(() =>
            runKernel('Conv3DBackpropFilterV2', { x, dy }, { ...attributes, filterShape }),
          );
          const pool = { filterSize: window, strides, pad: 'same' };
          const pooled = tensor([volume[0], ...size, volume[4]]);
          expectSameBits(() => runKernel('AvgPool3D', { x }, pool));
          expectSameBits(() => runKernel('MaxPool3D', { x }, pool));
          expectSameBits(() => runKernel('AvgPool3DGrad', { dy: pooled, input: x }, pool));
          expectSameBits(() => runKernel('MaxPool3DGrad', { dy: pooled, input: x, output: pooled }, pool));
        });
      };
      fc.assert(fc.property(volumes, check), { numRuns: 40 });
    });

    it.each([1, 7, 33, 100])('segments and gathered rows of %i columns', (columns) => {
      tf.tidy(() => {
        const ids = tf.tensor1d([3, 1, 3, 0, 3, 2, 1], 'int32');
        const x = tensor([7, columns]);
        expectSameBits(() => tf.unsortedSegmentSum(x, ids, 4));
        expectSameBits(() => tf.gather(x, ids));
        const dy = tensor([2, 7, columns]);
        const attributes = { inputShape: [2, 5, columns], axis: 1, batchDims: 0 };
        expectSameBits(() => runKernel('GatherV2Grad', { dy, indices: ids }, attributes));
      });
    });

    it.each([0, 1, 1023, 1024, 5003])('gradients of %i activations', (count) => {
      tf.tidy(() => {
        const [dy, x] = [tensor([count]), tensor([count])];
        expectSameBits(() => runKernel('SigmoidGrad', { dy, y: x }));
        expectSameBits(() => runKernel('ReluGrad', { dy, x }));
      });
    });

    it('a product whose right side is packed in more than one go', () => {
      tf.tidy(() => {
        const [a, b] = [tensor([9, 600]), tensor([600, 600])];
        expectSameBits(() => tf.matMul(a, b));
      });
    });
  });
}
