import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, runKernel } from './compare.js';
import * as float64 from './float64Volumes.js';

type Three = [number, number, number];

interface Case {
  x: [number, number, number, number, number];
  window: Three;
  strides?: Three;
  dilations?: Three;
  pad?: 'valid' | 'same' | number;
  outChannels?: number;
}

const cases: Record<string, Case> = {
  'the volume of the bug report': { x: [1, 4, 4, 4, 2], window: [2, 2, 2], outChannels: 3 },
  'a single voxel': { x: [1, 1, 1, 1, 1], window: [1, 1, 1] },
  'a filter as large as the volume': { x: [2, 3, 4, 5, 3], window: [3, 4, 5], outChannels: 9 },
  'odd sizes, same padding': { x: [2, 5, 7, 3, 5], window: [3, 3, 3], pad: 'same', outChannels: 11 },
  'different strides': {
    x: [1, 7, 6, 5, 3],
    window: [3, 2, 3],
    strides: [2, 1, 3],
    pad: 'same',
    outChannels: 4,
  },
  'strides larger than the window, same padding': {
    x: [2, 6, 7, 5, 4],
    window: [1, 2, 1],
    strides: [2, 3, 2],
    pad: 'same',
    outChannels: 8,
  },
  dilations: { x: [1, 7, 8, 6, 3], window: [3, 2, 2], dilations: [2, 3, 1], outChannels: 5 },
  'dilations, same padding': { x: [2, 5, 6, 7, 2], window: [2, 3, 3], dilations: [3, 2, 2], pad: 'same' },
  'numeric padding': { x: [2, 3, 4, 4, 2], window: [3, 3, 3], pad: 2, strides: [2, 2, 1], outChannels: 3 },
  'no depth': { x: [3, 4, 5, 5, 3], window: [1, 3, 3], outChannels: 8 },
  'depth alone': { x: [2, 9, 3, 2, 4], window: [4, 1, 1], strides: [2, 1, 1], outChannels: 2 },
};

function volumeOf({ x, window, strides = [1, 1, 1], dilations = [1, 1, 1], pad = 'valid' }: Case) {
  const volume: float64.VolumeWindow = { x, window, strides, dilations, pad };
  return { volume, size: float64.outputOf(volume).size, strides, dilations, pad };
}

/** The convolution and its two gradients, through tf.grads. */
function checkConvolution(testCase: Case): void {
  const { volume, size, ...attributes } = volumeOf(testCase);
  const channels = testCase.x[4];
  const outChannels = testCase.outChannels ?? 1;
  const filterShape = [...testCase.window, channels, outChannels];
  const outShape = [testCase.x[0], ...size, outChannels];
  const x = random(tf.util.sizeFromShape(testCase.x), 1);
  const filter = random(tf.util.sizeFromShape(filterShape), 2);
  const dy = random(tf.util.sizeFromShape(outShape), 3);
  tf.tidy(() => {
    const inputs = { x: tf.tensor(x, testCase.x), filter: tf.tensor(filter, filterShape) };
    const y = runKernel('Conv3D', inputs, { ...attributes, dataFormat: 'NDHWC' });
    expect(y.shape).toEqual(outShape);
    expectClose(y.dataSync(), float64.conv3d(x, filter, volume, outChannels));
    const [dx, dw] = tf.grads((input: tf.Tensor, weights: tf.Tensor) =>
      runKernel('Conv3D', { x: input, filter: weights }, { ...attributes, dataFormat: 'NDHWC' }),
    )([inputs.x, inputs.filter], tf.tensor(dy, outShape));
    expect(dx!.shape).toEqual(testCase.x);
    expectClose(dx!.dataSync(), float64.conv3dInputGradient(dy, filter, volume, outChannels));
    expect(dw!.shape).toEqual(filterShape);
    expectClose(dw!.dataSync(), float64.conv3dFilterGradient(x, dy, volume, outChannels));
  });
}

/** Both poolings and their gradients. All of x is negative, once. */
function checkPoolings(testCase: Case): void {
  const { volume, size, strides, pad } = volumeOf({ ...testCase, dilations: [1, 1, 1] });
  const outShape = [testCase.x[0], ...size, testCase.x[4]];
  const dy = random(tf.util.sizeFromShape(outShape), 5);
  const attributes = { filterSize: testCase.window, strides, pad };
  for (const shift of [0, 2]) {
    const x = random(tf.util.sizeFromShape(testCase.x), 4).map((value) => value - shift);
    const gradientOf = (kernelName: string) => {
      const pool = (input: tf.Tensor) => runKernel(kernelName, { x: input }, attributes);
      return tf.grad(pool)(tf.tensor(x, testCase.x), tf.tensor(dy, outShape)).dataSync();
    };
    tf.tidy(() => {
      const input = { x: tf.tensor(x, testCase.x) };
      const average = runKernel('AvgPool3D', input, attributes);
      expect(average.shape).toEqual(outShape);
      expectClose(average.dataSync(), float64.avgPool3d(x, volume));
      expectClose(runKernel('MaxPool3D', input, attributes).dataSync(), float64.maxPool3d(x, volume), 0);
      expectClose(gradientOf('AvgPool3D'), float64.avgPool3dGradient(dy, volume));
      expectClose(gradientOf('MaxPool3D'), float64.maxPool3dGradient(x, dy, volume));
    });
  }
}

const side = fc.integer({ min: 1, max: 6 });
const small = fc.integer({ min: 1, max: 3 });
const three = fc.tuple(small, small, small);

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, side, fc.integer({ min: 1, max: 9 })),
    window: three,
    strides: three,
    dilations: three,
    pad: fc.constantFrom<'valid' | 'same' | number>('valid', 'same', 1),
    outChannels: fc.integer({ min: 1, max: 10 }),
  })
  .filter((testCase) => volumeOf(testCase).size.every((length) => length > 0));

export function volumesSuite(): void {
  describe('a convolution of volumes and its two gradients', () => {
    it.each(Object.entries(cases))('equal float64 for %s', (_, testCase) => {
      checkConvolution(testCase);
    });

    it('equal float64 for any shape, stride, dilation and padding', () => {
      fc.assert(fc.property(anyCase, checkConvolution), { numRuns: 100 });
    });

    it('are what tf.conv3d and tf.conv3dTranspose give, one the gradient of the other', () => {
      const volume = volumeOf({
        x: [2, 5, 6, 4, 3],
        window: [2, 3, 2],
        strides: [2, 2, 2],
        pad: 'same',
      }).volume;
      const filter = random(2 * 3 * 2 * 3 * 4, 2);
      const small = random(2 * 3 * 3 * 2 * 4, 3);
      const large = random(2 * 5 * 6 * 4 * 3, 4);
      tf.tidy(() => {
        const transposed = (x: tf.Tensor, w: tf.Tensor) =>
          tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [2, 5, 6, 4, 3], 2, 'same');
        const inputs = [tf.tensor(small, [2, 3, 3, 2, 4]), tf.tensor(filter, [2, 3, 2, 3, 4])];
        const y = transposed(inputs[0]!, inputs[1]!);
        expectClose(y.dataSync(), float64.conv3dInputGradient(small, filter, volume, 4));
        const [dx, dw] = tf.grads(transposed)(inputs, tf.tensor(large, y.shape));
        expectClose(dx!.dataSync(), float64.conv3d(large, filter, volume, 4));
        expectClose(dw!.dataSync(), float64.conv3dFilterGradient(large, small, volume, 4));
      });
    });

    it('give zeros where there is nothing to sum', () => {
      tf.tidy(() => {
        const x = tf.zeros<tf.Rank.R5>([0, 3, 3, 3, 2]);
        const filter = tf.ones<tf.Rank.R5>([2, 2, 2, 2, 1]);
        const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, 1, 'valid'),
        )([x, filter]);
        expect(dx!.shape).toEqual([0, 3, 3, 3, 2]);
        expectClose(dw!.dataSync(), new Float64Array(16));
      });
    });

    it('take int32 where the result is exact, and refuse it otherwise', () => {
      tf.tidy(() => {
        const x = tf.tensor([1, -2, 3, 4], [1, 4, 1, 1, 1], 'int32') as tf.Tensor5D;
        const filter = tf.tensor([5, 7], [2, 1, 1, 1, 1], 'int32') as tf.Tensor5D;
        const y = tf.conv3d(x, filter, 1, 'valid');
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([-9, 11, 43]);
        const large = tf.mul(x, tf.scalar(2 ** 20, 'int32')) as tf.Tensor5D;
        expect(() => tf.conv3d(large, filter, 1, 'valid')).toThrow(
          /Conv3D of int32: sums of 2 products .* 2\^24/,
        );
        expect(tf.conv3d(tf.cast(large, 'float32') as tf.Tensor5D, filter, 1, 'valid').dtype).toBe('float32');
      });
    });

    it('refuse a filter larger than x, and a dy of another size', () => {
      tf.tidy(() => {
        const x = tf.zeros<tf.Rank.R5>([1, 2, 5, 5, 1]);
        expect(() => tf.conv3d(x, tf.ones([3, 3, 3, 1, 1]), 1, 'valid')).toThrow(
          /Conv3D: the filter \[3, 3, 3\] .* larger than x \[2, 5, 5\] with padding "valid"/,
        );
        const attributes = { strides: 1, pad: 'valid', inputShape: [1, 4, 5, 5, 1] };
        const inputs = { dy: tf.zeros([1, 3, 3, 3, 1]), filter: tf.ones([3, 3, 3, 1, 1]) };
        expect(() => runKernel('Conv3DBackpropInputV2', inputs, attributes)).toThrow(
          /dy has the size \[3, 3, 3\].*make it \[2, 3, 3\]/,
        );
      });
    });
  });

  describe('poolings of volumes and their gradients', () => {
    it.each(Object.entries(cases).filter(([, { dilations }]) => dilations === undefined))(
      'equal float64 for %s',
      (_, testCase) => checkPoolings(testCase),
    );

    it('equal float64 for any shape, window, stride and padding', () => {
      // A window all of which is padding has no mean.
      const isPadding = ({ pad, window }: Case) =>
        typeof pad === 'number' && window.some((length) => length <= pad);
      const pools = anyCase.filter((testCase) => !isPadding(testCase));
      const undilated = pools
        .map((testCase): Case => ({ ...testCase, dilations: [1, 1, 1] }))
        .filter((testCase) => volumeOf(testCase).size.every((length) => length > 0));
      fc.assert(fc.property(undilated, checkPoolings), { numRuns: 100 });
    });

    it('give the gradient of equal voxels to the first, and to a NaN if there is one', () => {
      tf.tidy(() => {
        const values = new Float32Array(8 * 5).fill(1);
        values[5 * 5 + 2] = Number.NaN;
        const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid');
        const dx = tf
          .grad(pool)(tf.tensor(values, [1, 2, 2, 2, 5]), tf.fill([1, 1, 1, 1, 5], 3))
          .dataSync();
        const places = Array.from(dx, (value, i) => (value === 3 ? i : -1)).filter((i) => i >= 0);
        expect(places).toEqual([0, 1, 3, 4, 5 * 5 + 2]);
      });
    });

    it('give the gradient of equal voxels to the one in the first slice, with one channel too', () => {
      tf.tidy(() => {
        const values = [0, 0, 1, 0, 1, 0, 0, 0];
        const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid');
        const dx = tf.grad(pool)(tf.tensor(values, [1, 2, 2, 2, 1]), tf.ones([1, 1, 1, 1, 1]));
        expect([...dx.dataSync()]).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
      });
    });

    it('take int32 for the largest', () => {
      tf.tidy(() => {
        const values = [-7, 2 ** 30 + 1, -3, -9, 5, 6, -1, 0];
        const y = tf.maxPool3d(
          tf.tensor(values, [1, 2, 2, 1, 2], 'int32') as tf.Tensor5D,
          [1, 2, 1],
          1,
          'valid',
        );
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([-3, 2 ** 30 + 1, 5, 6]);
      });
    });
  });
}
