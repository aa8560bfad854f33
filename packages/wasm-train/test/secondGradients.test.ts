/**
 * Gradients of gradients of operations whose first gradient is a kernel of tfjs's, and of those that keep their result, against
 * differences of first gradients.
 */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { registerTrainingKernels, unregisterTrainingKernels } from '../src/index.js';
import { random } from './support/compare.js';

type Operation = (x: tf.Tensor4D) => tf.Tensor;

const shape: [number, number, number, number] = [2, 5, 6, 3];
const volume = (x: tf.Tensor4D) => tf.reshape(x, [2, 5, 6, 3, 1]) as tf.Tensor5D;

const fused: Operation = (x) => {
  const filter = tf.tensor4d(random(24, 4), [2, 2, 3, 2]);
  return tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', activation: 'elu' });
};

const dilated = (x: tf.Tensor4D, strides: [number, number], dilations: [number, number]) =>
  tf.dilation2d(x, tf.tensor3d(random(12, 4), [2, 2, 3]), strides, 'same', dilations);

const filtered: Operation = (x) => {
  const filter = tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 2, 3, 3]), [2, 3, 3]) as tf.Tensor3D;
  return tf.dilation2d(tf.tensor4d(random(60, 4), [1, 4, 5, 3]), filter, [1, 2], 'same');
};

const operations: [string, Operation][] = [
  ["avgPool, 'same'", (x) => tf.avgPool(x, 3, 2, 'same')],
  ['avgPool, valid', (x) => tf.avgPool(x, [2, 3], 1, 'valid')],
  ['avgPool, padded', (x) => tf.avgPool(x, 3, 2, 1)],
  ['avgPool that rounds its size up', (x) => tf.avgPool(x, 2, 2, 0, 'ceil')],
  ['avgPool that rounds its size', (x) => tf.avgPool(x, 2, 2, 0, 'round')],
  ['avgPool3d that rounds its size up', (x) => tf.avgPool3d(volume(x), 2, 2, 0, 'ceil')],
  ["maxPool, 'same'", (x) => tf.maxPool(x, 3, 2, 'same')],
  ['maxPool, valid', (x) => tf.maxPool(x, [2, 3], 1, 'valid')],
  ['maxPool, padded', (x) => tf.maxPool(x, 3, 2, 1)],
  ['maxPool that rounds its size up', (x) => tf.maxPool(x, 2, 2, 0, 'ceil')],
  ['maxPool that leaves pixels out', (x) => tf.maxPool(x, [1, 2], 3, 'valid')],
  ['maxPool with windows of padding alone', (x) => tf.maxPool(x, 2, 2, 2)],
  ['maxPool of one window', (x) => tf.maxPool(x, [5, 6], 1, 'valid')],
  ['maxPool3d', (x) => tf.maxPool3d(volume(x), 2, 2, 'valid')],
  ['maxPool3d with windows that share voxels', (x) => tf.maxPool3d(volume(x), 3, [2, 1, 2], 'same')],
  ['maxPool3d that rounds its size up', (x) => tf.maxPool3d(volume(x), 2, 2, 0, 'ceil')],
  ['dilation2d', (x) => dilated(x, [1, 1], [1, 1])],
  ['dilation2d with strides', (x) => dilated(x, [2, 1], [1, 1])],
  ['dilation2d with holes', (x) => dilated(x, [1, 2], [2, 3])],
  ['the filter of dilation2d', filtered],
  ['avgPool3d', (x) => tf.avgPool3d(volume(x), 2, 2, 'valid')],
  ['elu', (x) => tf.elu(tf.sub(x, 0.1))],
  ['a fused convolution with elu', fused],
  ['localResponseNormalization', (x) => tf.localResponseNormalization(x, 1, 0.7, 0.9, 0.6)],
  ['localResponseNormalization over all channels', (x) => tf.localResponseNormalization(x)],
  ['prod', (x) => tf.prod(tf.add(x, 1.1), [1, 3])],
  ['cumprod', (x) => tf.cumprod(tf.add(x, 0.2), 2)],
  ['cumprod, exclusive and reversed', (x) => tf.cumprod(tf.add(x, 0.2), 1, true, true)],
  ['exp', tf.exp],
  ['sigmoid', tf.sigmoid],
  ['softmax', (x) => tf.softmax(x)],
  ['logSoftmax', (x) => tf.logSoftmax(x)],
  ['resizeBilinear', (x) => tf.image.resizeBilinear(x, [7, 4])],
  ['resizeBilinear with aligned corners', (x) => tf.image.resizeBilinear(x, [7, 4], true)],
  ['resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(x, [10, 12])],
];

/** Distances between values exceed the step by far, so that the largest pixel of a window stays the largest. */
const spread = Float32Array.from({ length: 180 }, (_, i) => ((i * 77) % 180) / 90 - 0.99);
const step = 1e-3;

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  it.each(operations)('of %s', async (_, operation) => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const x = tf.tensor4d(spread, shape);
      const direction = tf.tensor4d(random(180, 8), shape);
      const first = (z: tf.Tensor) =>
        tf.grad((w: tf.Tensor) => tf.sum(tf.square(operation(w as tf.Tensor4D))))(z);
      const second = tf
        .grad((z: tf.Tensor) => tf.sum(tf.mul(first(z), direction)))(x)
        .dataSync();
      const moved = (by: number) => first(tf.add(x, tf.mul(direction, by)));
      const expected = tf.div(tf.sub(moved(step), moved(-step)), 2 * step).dataSync();
      const largest = Math.max(...expected.map(Math.abs));
      second.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(3e-3 * largest);
      });
    });
  });
});

/** P of dx = P^T dy is the transpose if (P u) v = u (P^T v). */
describe.each(['wasm', 'cpu'])('of equal pixels and infinite ones, on %s', (backend) => {
  const equals = (values: readonly number[]) =>
    Float32Array.from({ length: 180 }, (_, i) => values[i % values.length]!);
  const pictures: [string, Float32Array][] = [
    ['all the same', equals([2])],
    ['few different ones', equals([1, 0, 1, 1, 0])],
    ['-Infinity', equals([Number.NEGATIVE_INFINITY])],
    ['-Infinity and Infinity', equals([Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY, 1])],
    ['NaN', equals([Number.NaN])],
    ['few NaN', equals([1, 2, Number.NaN, 3, 4, 5])],
  ].map(([name, values]) => [name as string, values as Float32Array]);
  // tfjs's dilation with holes sends the dy of a window without a maximum to a pixel between its taps.
  const others = backend === 'cpu' ? /filter|holes/ : /filter/;
  const maxima = operations.filter(([name]) => /maxPool|dilation2d/.test(name) && !others.test(name));

  it.each(
    pictures.flatMap(([name, values]) =>
      maxima.map(([of, operation]) => [name, of, values, operation] as const),
    ),
  )('%s, %s takes from where dy went', async (_name, _of, values, operation) => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const x = tf.tensor4d(values, shape);
      const y = operation(x);
      const transposed = (dy: tf.Tensor) => tf.grad((z: tf.Tensor) => operation(z as tf.Tensor4D))(x, dy);
      const u = tf.tensor4d(random(180, 1), shape);
      const v = tf.reshape(tf.tensor1d(random(y.size, 2)), y.shape);
      const picked = tf.grad(transposed)(v, u);
      const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
      expect(dot(picked, v)).toBeCloseTo(dot(u, transposed(v)), 4);
    });
  });
});

it.each(['wasm', 'cpu'])('of third order, of a pooling of cubes, on %s', async (backend) => {
  await tf.setBackend(backend);
  const cubes = (x: tf.Tensor) => tf.sum(tf.pow(tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'), 3));
  const first = tf.grad(cubes);
  const second = tf.grad((x: tf.Tensor) => tf.sum(first(x)));
  const third = tf.grad((x: tf.Tensor) => tf.sum(second(x)));
  // The largest of both windows, and 6 of each.
  expect([...third(tf.tensor4d([1, 2, 9, 3, 4, 0], [1, 2, 3, 1])).dataSync()]).toEqual([0, 0, 6, 0, 6, 0]);
});

/** The second derivative of exp(x)^2 at 0, which is 4, if the exponential keeps its result at this place of what it keeps. */
const secondDerivative = (place: 0 | 1) => {
  const exp = tf.customGrad((x: unknown, save: unknown) => {
    const y = tf.exp(x as tf.Tensor);
    (save as tf.GradSaveFunc)(place === 0 ? [y, x as tf.Tensor] : [x as tf.Tensor, y]);
    return { value: y, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[place]!) };
  });
  const first = tf.grad((x: tf.Tensor) => tf.square(exp(x)));
  return tf.tidy(
    () =>
      tf
        .grad((x: tf.Tensor) => first(x))(tf.scalar(0))
        .dataSync()[0],
  );
};

describe('the order of what an operation keeps', () => {
  it.each([0, 1] as const)('does not matter: its result at place %i', async (place) => {
    await tf.setBackend('cpu');
    expect(secondDerivative(place)).toBeCloseTo(4, 5);
  });

  it("is tfjs's own without the package, and what another program has put around the engine stays", async () => {
    await tf.setBackend('cpu');
    const engine = tf.engine() as unknown as { addTapeNode(...record: unknown[]): void };
    const registered = engine.addTapeNode;
    let records = 0;
    const counting = (...record: unknown[]) => {
      records++;
      registered.apply(engine, record);
    };
    engine.addTapeNode = counting;
    unregisterTrainingKernels();
    expect(engine.addTapeNode).toBe(counting);
    expect(secondDerivative(0)).toBeCloseTo(2, 5);
    expect(records).toBeGreaterThan(0);
    registerTrainingKernels();
    expect(secondDerivative(0)).toBeCloseTo(4, 5);
    engine.addTapeNode = registered;
    unregisterTrainingKernels();
    expect(engine.addTapeNode).not.toBe(registered);
    registerTrainingKernels();
    expect(secondDerivative(1)).toBeCloseTo(4, 5);
  });
});
