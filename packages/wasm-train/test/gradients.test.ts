/** The gradients that call the kernels, through tfjs's tape. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, random, runKernel, valuesOn } from './support/compare.js';
import * as float64 from './support/float64.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

/** A small LeNet's shapes, by weight. */
const weightShapes: number[][] = [[5, 5, 1, 6], [6], [3, 3, 6, 7], [7], [63, 11], [11], [11, 10], [10]];

/** The loss of a small LeNet, in the words that users write. */
function loss(
  activation: (x: tf.Tensor) => tf.Tensor,
  pool: 'avg' | 'max',
): (...weights: tf.Tensor[]) => tf.Tensor {
  const pooled = (x: tf.Tensor4D) =>
    pool === 'avg' ? tf.avgPool(x, 2, 2, 'valid') : tf.maxPool(x, 2, 2, 'valid');
  return (...weights) => {
    const [w1, b1, w2, b2, w3, b3, w4, b4] = weights as [
      ...[tf.Tensor4D, tf.Tensor1D, tf.Tensor4D, tf.Tensor1D],
      ...[tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D],
    ];
    const x = tf.tensor4d(random(4 * 14 * 14, 20), [4, 14, 14, 1]);
    const labels = tf.oneHot(tf.tensor1d([3, 1, 9, 0], 'int32'), 10);
    let h = pooled(activation(tf.add(tf.conv2d(x, w1, 1, 'same'), b1)) as tf.Tensor4D);
    h = pooled(activation(tf.add(tf.conv2d(h, w2, 1, 'same'), b2)) as tf.Tensor4D);
    const dense = activation(tf.add(tf.matMul(tf.reshape(h, [4, 63]), w3), b3));
    return tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(dense as tf.Tensor2D, w4), b4));
  };
}

describe('the gradients of a small convolutional net', () => {
  it.each([
    ['sigmoid and average pooling', tf.sigmoid, 'avg'],
    ['relu and maximum pooling', tf.relu, 'max'],
  ] as const)("with %s equal those on tfjs's cpu backend", (_, activation, pool) => {
    const values = weightShapes.map((shape, i) => random(tf.util.sizeFromShape(shape), 30 + i));
    weightShapes.forEach((_shape, i) => {
      const gradient = () => {
        const weights = weightShapes.map((shape, j) => tf.tensor(values[j]!, shape));
        return tf.grads(loss(activation, pool))(weights)[i]!;
      };
      expectClose(valuesOn('wasm', gradient), valuesOn('cpu', gradient));
    });
  });

  it('call the fused kernels', async () => {
    const weights = weightShapes.map((shape, i) =>
      tf.tensor(random(tf.util.sizeFromShape(shape), 40 + i), shape),
    );
    for (const [activation, pool, kernel] of [
      [tf.sigmoid, 'avg', 'SigmoidGrad'],
      [tf.relu, 'max', 'ReluGrad'],
    ] as const) {
      const profile = await tf.profile(() => tf.tidy(() => void tf.grads(loss(activation, pool))(weights)));
      const names = profile.kernels.map(({ name }) => name);
      expect(names.filter((name) => name === kernel)).toHaveLength(3);
      expect(names).not.toContain('Step');
      expect(names).not.toContain('Transpose');
    }
    tf.dispose(weights);
  });

  it('are composed on a backend that has no fused kernel', async () => {
    tf.setBackend('cpu');
    const profile = await tf.profile(() =>
      tf.tidy(() => void tf.grad((x: tf.Tensor) => tf.relu(tf.sigmoid(x)))(tf.tensor1d([1, 2]))),
    );
    tf.setBackend('wasm');
    const names = profile.kernels.map(({ name }) => name);
    expect(names).toContain('Step');
    expect(names).toContain('Sub');
  });
});

describe('gradients of gradients', () => {
  const points = [-2, -0.5, 0.25, 3];

  it('of SigmoidGrad equal those of dy y (1 - y)', () => {
    tf.tidy(() => {
      const inputs = [tf.tensor1d(random(5, 52)), tf.tensor1d(random(5, 53))];
      const upstream = tf.tensor1d(random(5, 54));
      const kernel = (dy: tf.Tensor, y: tf.Tensor) => runKernel('SigmoidGrad', { dy, y });
      const formula = (dy: tf.Tensor, y: tf.Tensor) => tf.mul(dy, tf.mul(y, tf.sub(1, y)));
      const expected = tf.grads(formula)(inputs, upstream);
      tf.grads(kernel)(inputs, upstream).forEach((gradient, i) => {
        expectClose(gradient.dataSync(), expected[i]!.dataSync());
      });
    });
  });

  it('of relu times x are steps', () => {
    tf.tidy(() => {
      const first = tf.grad((x: tf.Tensor) => tf.square(tf.relu(x)));
      const second = tf.grad((x: tf.Tensor) => first(x));
      expectClose(second(tf.tensor1d(points)).dataSync(), [0, 0, 2, 2]);
    });
  });

  it('of a convolution equal those of the same composed of slices and products', () => {
    // conv with a 2x1 filter, stride 1: y[i] = x[i] w[0] + x[i + 1] w[1].
    const x = random(6, 50);
    const w = random(2, 51);
    const convolution = (input: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      tf.conv2d(
        tf.reshape(input, [1, 6, 1, 1]) as tf.Tensor4D,
        tf.reshape(filter, [2, 1, 1, 1]) as tf.Tensor4D,
        1,
        'valid',
      );
    const composition = (input: tf.Tensor, filter: tf.Tensor) =>
      tf.add(
        tf.mul(tf.slice(input, [0], [5]), tf.slice(filter, [0], [1])),
        tf.mul(tf.slice(input, [1], [5]), tf.slice(filter, [1], [1])),
      );
    const secondOf = (f: typeof convolution) => {
      const [dx, dw] = [0, 1].map((index) => (input: tf.Tensor, filter: tf.Tensor) => {
        const cube = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.pow(f(a, b), 3));
        return tf.sum(tf.square(tf.grads(cube)([input, filter])[index]!));
      }) as [typeof convolution, typeof convolution];
      const inputs = [tf.tensor1d(x), tf.tensor1d(w)];
      return [...tf.grads(dx)(inputs), ...tf.grads(dw)(inputs)].map((gradient) => gradient.dataSync());
    };
    tf.tidy(() => {
      const actual = secondOf(convolution);
      const expected = secondOf(composition);
      for (const [i, values] of expected.entries()) expectClose(actual[i]!, values, 1e-5);
    });
  });
});

describe('gradients of a convolution that tfjs does not give', () => {
  it('are right for dilations', () => {
    const info = tf.backend_util.computeConv2DInfo([2, 9, 8, 3], [3, 2, 3, 5], 1, [2, 3], 'same');
    const x = random(2 * 9 * 8 * 3, 60);
    const filter = random(3 * 2 * 3 * 5, 61);
    const dy = random(tf.util.sizeFromShape(info.outShape), 62);
    tf.tidy(() => {
      const convolution = (input: tf.Tensor, weights: tf.Tensor) =>
        tf.conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]);
      const inputs = [tf.tensor(x, [2, 9, 8, 3]), tf.tensor(filter, [3, 2, 3, 5])];
      const [dx, dw] = tf.grads(convolution)(inputs, tf.tensor(dy, info.outShape));
      expectClose(dx!.dataSync(), float64.conv2dInputGradient(dy, filter, info));
      expectClose(dw!.dataSync(), float64.conv2dFilterGradient(x, dy, info));
    });
  });

  it.each([
    ['convolution', [2, 3, 2, 3], tf.conv2d],
    ['depthwise convolution', [2, 3, 2, 1], tf.depthwiseConv2d],
  ] as const)('are those of wasm for a dilated %s on other backends', (_, shape, convolve) => {
    const gradientsOn = (backend: string) =>
      [0, 1].map((i) =>
        valuesOn(backend, () => {
          const inputs = [
            tf.tensor(random(2 * 7 * 8 * 2, 75), [2, 7, 8, 2]),
            tf.tensor(random(tf.util.sizeFromShape([...shape]), 76), [...shape]),
          ];
          const loss = (x: tf.Tensor, filter: tf.Tensor) =>
            tf.sum(tf.square(convolve(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3])));
          return tf.grads(loss)(inputs)[i]!;
        }),
      );
    const [onWasm, onCpu] = [gradientsOn('wasm'), gradientsOn('cpu')];
    onCpu.forEach((gradient, i) => {
      expectClose(gradient, onWasm[i]!);
    });
  });

  it.each(['floor', 'round', 'ceil'] as const)('are right for sizes rounded by %s', (dimRoundingMode) => {
    const info = tf.backend_util.computeConv2DInfo([2, 8, 8, 2], [3, 3, 2, 3], 3, 1, 1, dimRoundingMode);
    const x = random(2 * 8 * 8 * 2, 70);
    const filter = random(3 * 3 * 2 * 3, 71);
    const dy = random(tf.util.sizeFromShape(info.outShape), 72);
    tf.tidy(() => {
      const convolution = (input: tf.Tensor, weights: tf.Tensor) =>
        tf.conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, 3, 1, 'NHWC', 1, dimRoundingMode);
      const inputs = [tf.tensor(x, [2, 8, 8, 2]), tf.tensor(filter, [3, 3, 2, 3])];
      const [dx, dw] = tf.grads(convolution)(inputs, tf.tensor(dy, info.outShape));
      expectClose(dx!.dataSync(), float64.conv2dInputGradient(dy, filter, info));
      expectClose(dw!.dataSync(), float64.conv2dFilterGradient(x, dy, info));
    });
  });

  it.each(['floor', 'ceil'] as const)('nor of poolings rounded by %s', (dimRoundingMode) => {
    const info = tf.backend_util.computePool2DInfo([1, 8, 8, 3], 3, 3, 1, 0, dimRoundingMode);
    const x = random(8 * 8 * 3, 73);
    const dy = random(tf.util.sizeFromShape(info.outShape), 74);
    tf.tidy(() => {
      const input = tf.tensor4d(x, [1, 8, 8, 3]);
      const upstream = tf.tensor(dy, info.outShape);
      const average = tf.grad((a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, 3, 3, 0, dimRoundingMode))(
        input,
        upstream,
      );
      expectClose(average.dataSync(), float64.avgPoolGradient(dy, info));
      const largest = tf.grad((a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, 3, 3, 0, dimRoundingMode))(
        input,
        upstream,
      );
      expectClose(largest.dataSync(), float64.maxPoolGradient(x, dy, info));
    });
  });

  it('take images of rank 3', () => {
    const gradient = () => {
      const filter = tf.tensor4d(random(36, 80), [3, 3, 2, 2]);
      const x = tf.tensor3d(random(50, 81), [5, 5, 2]);
      const net = (weights: tf.Tensor) =>
        tf.avgPool(tf.conv2d(x, weights as tf.Tensor4D, 1, 'same'), 2, 1, 'valid');
      return tf.grad(net)(filter);
    };
    expectClose(valuesOn('wasm', gradient), valuesOn('cpu', gradient));
  });
});
