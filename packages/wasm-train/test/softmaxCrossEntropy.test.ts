/** The cross-entropy of classification by one kernel, its gradient by another, and gradients of that. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ShapeError } from '../src/index.js';
import { expectClose, random, runKernel } from './support/compare.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

const scale = 0.3;
const lossOf = (logits: tf.Tensor, labels: tf.Tensor): tf.Scalar =>
  runKernel('SoftmaxCrossEntropy', { logits, labels }, { scale }) as tf.Scalar;
/** The same in operations that have gradients of any order. */
const composed = (logits: tf.Tensor, labels: tf.Tensor): tf.Scalar => {
  const exponentials = tf.exp(logits);
  const likelihoods = tf.log(tf.div(exponentials, tf.sum(exponentials, 1, true)));
  return tf.mul(tf.sum(tf.mul(likelihoods, tf.oneHot(labels as tf.Tensor1D, logits.shape[1]!))), -scale);
};
const labelsOf = (labels: number[]) => tf.tensor1d(labels, 'int32');

interface Truth {
  readonly loss: number;
  readonly gradient: number[];
}

/** In float64. */
function truthOf(logits: Float32Array, labels: number[], classes: number): Truth {
  const gradient: number[] = [];
  let loss = 0;
  labels.forEach((label, row) => {
    const values = [...logits.subarray(row * classes, (row + 1) * classes)];
    const largest = Math.max(...values);
    const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
    loss += scale * (Math.log(sum) + largest - values[label]!);
    gradient.push(
      ...values.map((value, c) => scale * (Math.exp(value - largest) / sum - Number(c === label))),
    );
  });
  return { loss, gradient };
}

describe('SoftmaxCrossEntropy', () => {
  it.each([
    [1, 1, 1],
    [1, 2, 5],
    [3, 10, 20],
    [257, 10, 3],
    [5, 1001, 8],
    [2, 7, 3e4],
  ])(
    'of %i rows and %i classes, logits up to %d, equals float64, and so does its gradient',
    (rows, classes, size) => {
      const logits = random(rows * classes, 3).map((value) => value * size);
      const labels = Array.from({ length: rows }, (_, row) => (row * 7) % classes);
      const truth = truthOf(logits, labels, classes);
      tf.tidy(() => {
        const [x, y] = [tf.tensor2d(logits, [rows, classes]), labelsOf(labels)];
        const { value, grad } = tf.valueAndGrad((z) => lossOf(z, y))(x);
        expect(value.shape).toEqual([]);
        expect(Math.abs(value.dataSync()[0]! - truth.loss)).toBeLessThanOrEqual(1e-7 * truth.loss);
        expectClose(grad.dataSync(), truth.gradient, 1e-7);
      });
    },
  );

  it('has no loss, and no gradient, for labels outside of the classes', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, Number.NaN, 4, 0, 0], [3, 2]);
      const { value, grad } = tf.valueAndGrad((z) => lossOf(z, labelsOf([-1, 2, 1])))(x);
      expectClose(value.dataSync(), [scale * Math.log(2)]);
      expectClose(grad.dataSync(), [0, 0, 0, 0, scale / 2, -scale / 2]);
    });
  });

  it('keeps a NaN or an infinity to its row', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    tf.tidy(() => {
      const rows = [
        [nan, 0],
        [0, infinity],
        [-infinity, -infinity],
        [-infinity, 0],
        [0, 0],
      ];
      const gradient = tf.grad((z) => lossOf(z, labelsOf([1, 0, 0, 1, 1])))(tf.tensor2d(rows));
      const half = scale / 2;
      expectClose(gradient.dataSync(), [nan, nan, nan, nan, nan, nan, 0, 0, half, -half]);
      expect(lossOf(tf.tensor2d([[-infinity, 0]]), labelsOf([1])).dataSync()[0]).toBe(0);
      expect(lossOf(tf.tensor2d([[-infinity, 0]]), labelsOf([0])).dataSync()[0]).toBe(infinity);
      expect(lossOf(tf.tensor2d([[nan, 0]]), labelsOf([1])).dataSync()[0]).toBeNaN();
      expect(lossOf(tf.tensor2d([[infinity, 0]]), labelsOf([0])).dataSync()[0]).toBeNaN();
    });
  });

  it.each([
    [[3, 2], [1]],
    [[3, 2], [4]],
    [
      [3, 2],
      [3, 1],
    ],
    [[3, 1, 2], [3]],
    [[2], [2]],
  ])('refuses logits %j with labels %j', (logitsShape, labelsShape) => {
    tf.tidy(() => {
      const inputs = { logits: tf.ones(logitsShape), labels: tf.zeros(labelsShape, 'int32') };
      expect(() => lossOf(inputs.logits, inputs.labels)).toThrow(ShapeError);
      const withDy = { ...inputs, dy: tf.scalar(1) };
      expect(() => runKernel('SoftmaxCrossEntropyGrad', withDy, { scale })).toThrow(ShapeError);
    });
  });

  it('refuses labels that may lie between two classes', () => {
    tf.tidy(() => {
      const labels = tf.tensor1d([0.5, 1]);
      expect(() => lossOf(tf.ones([2, 2]), labels)).toThrow(
        'labels have the type float32; cast them to int32',
      );
    });
  });

  it.each([
    [0, 10],
    [3, 0],
    [0, 0],
  ])('of %i rows and %i classes is 0, and its gradient is empty', (rows, classes) => {
    tf.tidy(() => {
      const x = tf.zeros([rows, classes]);
      const { value, grad } = tf.valueAndGrad((z) => lossOf(z, labelsOf(Array(rows).fill(0))))(x);
      expect(value.dataSync()[0]).toBe(0);
      expect(grad.shape).toEqual([rows, classes]);
    });
  });

  it('passes on the gradient of what follows it', () => {
    tf.tidy(() => {
      const [x, labels] = [tf.tensor2d(random(12, 7), [3, 4]), labelsOf([3, 0, 1])];
      const squared = (f: typeof lossOf) =>
        tf
          .grad((z: tf.Tensor) => tf.square(f(z, labels)))(x)
          .dataSync();
      expectClose(squared(lossOf), squared(composed));
    });
  });

  it('has gradients of gradients, and of those', () => {
    const labels = labelsOf([3, 0, -1, 1]);
    const weights = tf.tensor2d(random(16, 8), [4, 4]);
    const third = (f: typeof lossOf) => {
      const first = tf.grad((z: tf.Tensor) => tf.square(f(z, labels)));
      const second = tf.grad((z: tf.Tensor) => tf.sum(tf.mul(first(z), weights)));
      return [second, tf.grad((z: tf.Tensor) => tf.sum(tf.mul(second(z), weights)))];
    };
    tf.tidy(() => {
      const x = tf.tensor2d(random(16, 9), [4, 4]);
      const expected = third(composed).map((gradient) => gradient(x).dataSync());
      third(lossOf).forEach((gradient, i) => {
        expectClose(gradient(x).dataSync(), expected[i]!);
      });
    });
    tf.dispose([labels, weights]);
  });

  it.each(['wasm', 'cpu'])('has gradients of 0 for a single class, going back on %s', async (backend) => {
    const [x, labels] = [tf.tensor2d([1, -2, 3], [3, 1]), labelsOf([0, 0, -1])];
    tf.tidy(() => {
      const first = (z: tf.Tensor) =>
        tf.grad((w: tf.Tensor) => {
          const loss = lossOf(w, labels);
          tf.setBackend(backend);
          return loss;
        })(z);
      expect([...first(x).dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
      tf.setBackend('wasm');
      const second = tf.grad((z: tf.Tensor) => tf.sum(tf.square(first(z))))(x);
      expect([...second.dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
    });
    await tf.setBackend('wasm');
    tf.dispose([x, labels]);
  });

  it('has gradients of every order on a backend without the kernels, to which the program has changed', async () => {
    const [x, labels] = [tf.tensor2d([1, 2, Number.NaN, 4, 3, 0.5], [3, 2]), labelsOf([1, 2, 0])];
    const gradients = (backend: string) =>
      tf.tidy(() => {
        const first = (z: tf.Tensor) =>
          tf.grad((w: tf.Tensor) => {
            const loss = tf.square(lossOf(w, labels));
            tf.setBackend(backend);
            return loss;
          })(z);
        const values = first(x).dataSync();
        tf.setBackend('wasm');
        return [
          values,
          tf
            .grad((z) => tf.sum(tf.square(first(z))))(x)
            .dataSync(),
        ];
      });
    const [onWasm, onCpu] = [gradients('wasm'), gradients('cpu')];
    await tf.setBackend('wasm');
    onWasm.forEach((values, order) => {
      expectClose(values.slice(2, 4), [0, 0]);
      expectClose(onCpu[order]!, values);
    });
    tf.dispose([x, labels]);
  });

  it('leaves nothing behind but what it returns', () => {
    const [x, labels] = [tf.tensor2d(random(20, 4), [2, 10]), labelsOf([1, 9])];
    const { numTensors, numDataBuffers } = tf.memory();
    const { value, grad } = tf.valueAndGrad((z) => lossOf(z, labels))(x);
    expect(tf.memory().numTensors).toBe(numTensors + 2);
    tf.dispose([value, grad]);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    tf.dispose([x, labels]);
  });
});
