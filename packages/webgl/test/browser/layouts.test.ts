/** Tensors as tfjs leaves them: packed or not, slices of others, reshaped; none of them is rearranged first. */
import '@tensorflow/tfjs';
import { BatchNorm, batchNorm, groupNorm, layerNorm, useBackend } from '@bn/core';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import '../../src/index.js';
import { countGpu } from './gpu.js';

beforeAll(() => useBackend('webgl'));
afterEach(() => {
  expect(tf.memory().numTensors).toBe(0);
});

const dataOf = (tensor: tf.Tensor) => (tf.backend() as MathBackendWebGL).texData.get(tensor.dataId);
const sizeOf = (shape: number[]) => tf.util.sizeFromShape(shape);

/** The same values in each of the layouts. */
const layouts: Record<string, (values: Float32Array, shape: number[]) => tf.Tensor> = {
  packed: (values, shape) => tf.tidy(() => tf.relu(tf.tensor(values, shape))),
  'not packed': unpacked,
  'a slice that is not packed': (values, shape) => {
    const [first, ...rest] = shape as [number, ...number[]];
    const longer = new Float32Array((values.length / first) * (first + 1));
    longer.set(values, values.length / first);
    const whole = unpacked(longer, [first + 1, ...rest]);
    const slice = tf.slice(whole, [1, ...rest.map(() => 0)], shape);
    expect(dataOf(slice).slice?.flatOffset).toBeGreaterThan(0);
    whole.dispose();
    return slice;
  },
  'packed in another shape': (values, shape) => {
    const flat = tf.tensor1d(values);
    const reshaped = tf.reshape(flat, shape);
    // This uploads it as it is used first.
    tf.relu(flat).dispose();
    flat.dispose();
    expect(dataOf(reshaped).shape).toEqual([values.length]);
    return reshaped;
  },
};

function unpacked(values: Float32Array, shape: number[]): tf.Tensor {
  const backend = tf.backend() as MathBackendWebGL;
  const packed = layouts.packed!(values, shape);
  const result = tf.engine().makeTensorFromTensorInfo(backend.unpackTensor(packed));
  packed.dispose();
  expect(dataOf(result).isPacked).toBeFalsy();
  return result;
}

const draw = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => 1 + Math.sin(12.9898 * (i + 1) * seed) ** 2);

const cases: Record<string, [number[], (x: tf.Tensor) => tf.Tensor]> = {
  'channels first': [[3, 5, 7, 4], (x) => tf.tidy(() => batchNorm(x).y)],
  'channels last': [[3, 5, 7, 6], (x) => tf.tidy(() => batchNorm(x, { dataFormat: 'channelsLast' }).y)],
  sequences: [[3, 5, 9], (x) => tf.tidy(() => batchNorm(x).y)],
  features: [[9, 13], (x) => tf.tidy(() => batchNorm(x).y)],
  'groups of features': [[7, 15], (x) => groupNorm(x, { numGroups: 5 })],
  rows: [[4, 5, 11], (x) => layerNorm(x, { normalizedShape: 11 })],
  'several axes': [[4, 5, 11], (x) => layerNorm(x, { normalizedShape: [5, 11] })],
};

describe.each(Object.entries(cases))('%s', (_name, [shape, operation]) => {
  it.each(Object.keys(layouts))('are normalized, and differentiated, where x is %s', async (layout) => {
    const values = draw(sizeOf(shape), 3);
    const run = async (make: (values: Float32Array, shape: number[]) => tf.Tensor) => {
      const [x, dy] = [make(values, shape), make(draw(sizeOf(shape), 5), shape)];
      const results = [operation(x), tf.grad(operation)(x, dy)];
      const arrays = await Promise.all(results.map((result) => result.data()));
      tf.dispose([x, dy, ...results]);
      return arrays;
    };
    const [y, dx] = await run(layouts[layout]!);
    const [wantedY, wantedDx] = await run((given, as) => tf.tensor(given, as));
    for (const [got, wanted] of [
      [y!, wantedY!],
      [dx!, wantedDx!],
    ]) {
      expect(got!.length).toBe(sizeOf(shape));
      got!.forEach((value, i) => {
        expect(Math.abs(value - wanted![i]!)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(wanted![i]!)));
      });
    }
  });

  it('take as many draws packed as not', () => {
    const draws = ['packed', 'not packed'].map((layout) => {
      const x = layouts[layout]!(draw(sizeOf(shape), 3), shape);
      const { calls } = countGpu(() => operation(x).dispose());
      x.dispose();
      return calls;
    });
    expect(draws).toEqual([3, 3]);
  });
});

/** More rows than a texture has: tfjs then folds them, and a row of texels is no row of x any more. */
const folded: Record<string, (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor> = {
  rows: (x, gamma, beta) => layerNorm(x, { normalizedShape: 6, gamma, beta }),
  features: (x, gamma, beta) => tf.tidy(() => batchNorm(x, { gamma, beta }).y),
  'groups of features': (x, gamma, beta) => groupNorm(x, { numGroups: 2, gamma, beta }),
};

it.each(Object.keys(folded))('%s beyond the height of a texture are what a few of them are', async (name) => {
  const rows = 73;
  const copies = Math.ceil((2.5 * tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE')) / rows);
  const run = async (count: number) => {
    const outcome = tf.tidy(() => {
      const many = (seed: number) => tf.relu(tf.tile(tf.tensor(draw(6 * rows, seed), [rows, 6]), [count, 1]));
      const [x, dy, gamma, beta] = [many(3), many(5), tf.tensor(draw(6, 7)), tf.tensor(draw(6, 9))] as const;
      const given = [x, gamma, beta];
      const gradients = tf.grads(folded[name] as (...tensors: tf.Tensor[]) => tf.Tensor)(given, dy);
      const [dx, dGamma, dBeta] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
      const last = (tensor: tf.Tensor) => tf.slice(tensor, [(count - 1) * rows, 0]);
      const results = [last(folded[name]!(x, gamma, beta)), last(dx), dGamma.div(count), dBeta.div(count)];
      return { texShape: dataOf(x).texShape!, results };
    });
    const results = await Promise.all(outcome.results.map((result) => result.data()));
    tf.dispose(outcome.results);
    return { ...outcome, results };
  };
  const few = await run(1);
  const many = await run(copies);
  expect(few.texShape[1]).toBe(6);
  expect(many.texShape[1]).not.toBe(6);
  // Gradients of parameters are sums over rows, whose terms are about 1.
  const allowed = [1e-5, 1e-5, 1e-6 * rows, 1e-6 * rows];
  for (const [i, wanted] of few.results.entries()) {
    many.results[i]!.forEach((value, k) => {
      expect(Math.abs(value - wanted[k]!)).toBeLessThanOrEqual(allowed[i]! * (1 + Math.abs(wanted[k]!)));
    });
  }
});

/** tfjs's product of matrices sums over whole texels: it is right only if the lanes beyond a matrix are 0. */
describe('what is left is a factor of a product whose inner size is odd', () => {
  const shape = [5, 3];
  const norms: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    batchNorm: (x) => tf.tidy(() => batchNorm(x, { gamma: tf.fill([3], 2), beta: tf.fill([3], 7) }).y),
    layerNorm: (x) => tf.tidy(() => layerNorm(x, { normalizedShape: 3, beta: tf.fill([3], 7) })),
    'the gradient of batchNorm': (x) => tf.grad((input) => batchNorm(input).y)(x, tf.square(x)),
    'the gradient of layerNorm': (x) =>
      tf.grad((input) => layerNorm(input, { normalizedShape: 3 }))(x, tf.square(x)),
    'a running mean': (x) => {
      const layer = new BatchNorm({ numFeatures: 3 });
      tf.dispose(layer.apply(tf.add(x, 9), { training: true }));
      const mean = tf.reshape(layer.runningMean!, [1, 3]).clone();
      layer.dispose();
      return mean;
    },
  };

  it.each(Object.entries(norms))('%s', async (_, norm) => {
    const x = tf.tidy(() => tf.relu(tf.tensor(draw(15, 3), shape)));
    const factor = tf.tidy(() => norm(x));
    const products = [tf.matMul(factor, factor, false, true), tf.matMul(factor, factor, true, false)];
    const [rows, columns] = factor.shape as [number, number];
    const values = Array.from(await factor.data());
    const [byRow, byColumn] = await Promise.all(products.map((product) => product.data()));
    const at = (row: number, column: number) => values[row * columns + column]!;
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += at(i, k) * at(0, k);
      expect(Math.abs(byRow![i * rows]! - sum)).toBeLessThan(1e-4 * (1 + Math.abs(sum)));
    }
    for (let k = 0; k < columns; k++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += at(i, k) * at(i, 0);
      expect(Math.abs(byColumn![k * columns]! - sum)).toBeLessThan(1e-4 * (1 + Math.abs(sum)));
    }
    tf.dispose([x, factor, ...products]);
  });
});
