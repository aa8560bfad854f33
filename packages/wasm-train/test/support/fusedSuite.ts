import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectClose, random, valuesOn } from './compare.js';
import * as float64 from './float64.js';

type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu' | 'prelu';

const LEAK = 0.3;

/** The truth of each activation; the slope of prelu is that of the channel. */
const activations: Record<Activation, (x: number, slope: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  leakyrelu: (x) => (x < 0 ? LEAK * x : x),
  prelu: (x, slope) => (x < 0 ? slope * x : x),
};

const names = Object.keys(activations) as Activation[];

interface Case {
  x: [number, number, number, number];
  /** Height, width, and outChannels or the multiplier. */
  filter: [number, number, number];
  strides?: number | [number, number];
  dilations?: number | [number, number];
  pad?: 'valid' | 'same' | number;
}

const cases: Record<string, Case> = {
  'a layer': { x: [2, 7, 6, 3], filter: [3, 3, 8], pad: 'same' },
  'channels that are no multiple of 4': { x: [3, 5, 5, 2], filter: [2, 3, 7], strides: 2 },
  'a single channel': { x: [1, 9, 7, 1], filter: [3, 3, 1] },
  'a 1x1 filter': { x: [2, 5, 7, 5], filter: [1, 1, 6] },
  'a 1x1 filter on few pixels': { x: [1, 1, 3, 5], filter: [1, 1, 6] },
  'a dilation': { x: [2, 9, 9, 3], filter: [3, 2, 5], dilations: [2, 3] },
  'more than one block of rows': { x: [1, 40, 23, 2], filter: [2, 2, 5], pad: 1 },
};

/** Of both kinds: the operation, its truth, and the tensors that it gets. */
function describeCase({ x, filter, strides = 1, dilations = 1, pad = 'valid' }: Case, depthwise: boolean) {
  const filterShape: [number, number, number, number] = [filter[0], filter[1], x[3], filter[2]];
  const info = tf.backend_util.computeConv2DInfo(
    x,
    filterShape,
    strides,
    dilations,
    pad,
    undefined,
    depthwise,
  );
  const values = {
    x: random(tf.util.sizeFromShape(x), 1),
    filter: random(tf.util.sizeFromShape(filterShape), 2),
    bias: random(info.outChannels, 3),
    slopes: random(info.outChannels, 4),
    dy: random(tf.util.sizeFromShape(info.outShape), 5),
  };
  const run = (activation: Activation, x4: tf.Tensor, w: tf.Tensor, bias: tf.Tensor, slopes: tf.Tensor) =>
    (depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d)({
      ...{ x: x4 as tf.Tensor4D, filter: w as tf.Tensor4D, strides, pad, dilations, bias, activation },
      ...(activation === 'prelu' ? { preluActivationWeights: slopes } : {}),
      ...(activation === 'leakyrelu' ? { leakyreluAlpha: LEAK } : {}),
    });
  const tensors = () => ({
    x: tf.tensor(values.x, x),
    filter: tf.tensor(values.filter, filterShape),
    bias: tf.tensor1d(values.bias),
    slopes: tf.tensor1d(values.slopes),
  });
  return { info, values, run, tensors };
}

function checkForward(testCase: Case, depthwise: boolean): void {
  const { info, values, run, tensors } = describeCase(testCase, depthwise);
  const convolution = (depthwise ? float64.depthwise : float64.conv2d)(values.x, values.filter, info);
  for (const activation of names) {
    const expected = convolution.map((sum, i) => {
      const channel = i % info.outChannels;
      return activations[activation](sum + values.bias[channel]!, values.slopes[channel]!);
    });
    tf.tidy(() => {
      const { x, filter, bias, slopes } = tensors();
      const y = run(activation, x, filter, bias, slopes);
      expect(y.shape).toEqual(info.outShape);
      expectClose(y.dataSync(), expected);
    });
  }
}

/** Every activation, with the chain rule from the formulas above by differences in float64. */
function checkGradients(testCase: Case, depthwise: boolean): void {
  const { info, values, run, tensors } = describeCase(testCase, depthwise);
  const convolution = (depthwise ? float64.depthwise : float64.conv2d)(values.x, values.filter, info);
  for (const activation of names) {
    const upstream = Float64Array.from(convolution, (sum, i) => {
      const channel = i % info.outChannels;
      const at = (shift: number) =>
        activations[activation](sum + values.bias[channel]! + shift, values.slopes[channel]!);
      return (values.dy[i]! * (at(1e-6) - at(-1e-6))) / 2e-6;
    });
    const dBias = new Float64Array(info.outChannels);
    upstream.forEach((value, i) => {
      dBias[i % info.outChannels]! += value;
    });
    const [inputGradient, filterGradient] = depthwise
      ? [float64.depthwiseInputGradient, float64.depthwiseFilterGradient]
      : [float64.conv2dInputGradient, float64.conv2dFilterGradient];
    tf.tidy(() => {
      const { x, filter, bias, slopes } = tensors();
      const f = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => run(activation, a, b, c, slopes);
      const [dx, dw, db] = tf.grads(f)([x, filter, bias], tf.tensor(values.dy, info.outShape));
      expectClose(dx!.dataSync(), inputGradient(upstream, values.filter, info), 1e-5);
      expectClose(dw!.dataSync(), filterGradient(values.x, upstream, info), 1e-5);
      expectClose(db!.dataSync(), dBias, 1e-5);
    });
  }
}

export function fusedSuite(): void {
  describe.each([
    ['conv2d', false],
    ['depthwiseConv2d', true],
  ] as const)('tf.fused.%s', (_, depthwise) => {
    it.each(Object.entries(cases))('equals float64 with every activation for %s', (_, testCase) => {
      checkForward(testCase, depthwise);
    });

    it.each(Object.entries(cases))(
      'has the gradients of float64 with every activation for %s',
      (_, testCase) => {
        checkGradients(testCase, depthwise);
      },
    );

    it('writes all of its result for padding same, also where the filter is smaller than the stride', () => {
      for (const height of [1, 2, 3]) {
        for (const width of [1, 2, 3]) {
          for (const strides of [
            [1, 3],
            [2, 2],
            [3, 1],
            [3, 2],
          ] as [number, number][]) {
            for (const [h, w] of [
              [4, 5],
              [5, 7],
              [7, 6],
            ] as [number, number][]) {
              // What is freed here is what a result that is not written would hold.
              tf.fill([h * w * 16], 1e9).dispose();
              const testCase: Case = { x: [1, h, w, 4], filter: [height, width, 4], strides, pad: 'same' };
              checkForward(testCase, depthwise);
            }
          }
        }
      }
    });

    it('takes images of rank 3, with gradients', () => {
      const gradient = () => {
        const filter: tf.Tensor4D = tf.tensor(random(3 * 2 * 2 * 3, 6), [3, 2, 2, 3]);
        const operation = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const f = (x: tf.Tensor) => operation({ x: x as tf.Tensor3D, filter, strides: 2, pad: 'same' });
        return tf.grad(f)(tf.tensor(random(5 * 6 * 2, 7), [5, 6, 2]));
      };
      const unfused = () => {
        const filter: tf.Tensor4D = tf.tensor(random(3 * 2 * 2 * 3, 6), [3, 2, 2, 3]);
        const operation = depthwise ? tf.depthwiseConv2d : tf.conv2d;
        const f = (x: tf.Tensor) => operation(x as tf.Tensor3D, filter, 2, 'same');
        return tf.grad(f)(tf.tensor(random(5 * 6 * 2, 7), [5, 6, 2]));
      };
      expectClose(valuesOn('wasm', gradient), valuesOn('cpu', unfused));
    });

    it('takes biases and slopes of other shapes', () => {
      const { run, tensors, values, info } = describeCase(cases['a layer']!, depthwise);
      const bySlope = (shape: number[]) => () => {
        const { x, filter } = tensors();
        const size = tf.util.sizeFromShape(shape);
        const slopes = tf.tensor(random(size, 8), shape);
        return run('prelu', x, filter, tf.scalar(values.bias[0]!), slopes);
      };
      const [, height, width, channels] = info.outShape;
      for (const shape of [[], [1], [height, width, channels], [height, 1, 1], [1, 1, channels]]) {
        expectClose(valuesOn('wasm', bySlope(shape)), valuesOn('cpu', bySlope(shape)));
      }
    });

    it('keeps NaN, infinity and the ends of every activation', () => {
      const ends = [
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        -100,
        -86,
        100,
        -1e-6,
        1e-6,
      ];
      const ones = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
      for (const activation of names) {
        const y = tf.tidy(() => {
          const x = tf.tensor4d(ends, [1, 1, 8, 1]);
          const operation = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
          const slopes = { preluActivationWeights: tf.tensor1d([LEAK]), leakyreluAlpha: LEAK };
          return operation({ x, filter: ones, strides: 1, pad: 'valid', activation, ...slopes }).dataSync();
        });
        const expected = ends.map((value) => activations[activation](value, LEAK));
        // Not by the largest of all: small results have all their digits.
        expected.forEach((value, i) => {
          const isSame = Number.isFinite(value)
            ? Math.abs(y[i]! - value) <= 1e-6 * Math.abs(value) + 1e-37
            : Object.is(y[i], value);
          if (!isSame) expect.fail(`${activation} of ${ends[i]} is ${y[i]}, should be ${value}`);
        });
      }
      ones.dispose();
    });

    it('gives the bias where there is nothing to sum', () => {
      tf.tidy(() => {
        const x = tf.zeros<tf.Rank.R4>([2, 3, 3, 0]);
        const bias = tf.tensor1d(depthwise ? [] : [1, 2]);
        const filter = tf.zeros<tf.Rank.R4>([2, 2, 0, 2]);
        const operation = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const y = operation({ x, filter, strides: 1, pad: 'valid', bias, activation: 'relu' });
        expect([...y.dataSync()]).toEqual(depthwise ? [] : Array(8).fill([1, 2]).flat());
      });
    });

    it('refuses a filter larger than x', () => {
      tf.tidy(() => {
        const operation = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const x = tf.ones<tf.Rank.R4>([1, 2, 6, 3]);
        expect(() => operation({ x, filter: tf.ones([3, 2, 3, 1]), strides: 1, pad: 'valid' })).toThrow(
          /: the filter \[3, 2\] .* larger than x \[2, 6\]/,
        );
      });
    });
  });
}
