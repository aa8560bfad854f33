/** tf.train.sgd by one kernel in place: the bits of tfjs's own, and nobody else sees a weight change. */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerTrainingKernels, unregisterTrainingKernels } from '../src/index.js';
import { random } from './support/compare.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => registerTrainingKernels());

const shapes = [[1], [7], [3, 5], [5, 5, 6, 16], [256, 120]];
/** A weight that alone holds its data. */
const weightOf = (values: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(values()));
const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const gradientsOf = (weights: tf.Variable[]) =>
  Object.fromEntries(
    weights.map((weight, i) => [weight.name, tf.tensor(random(weight.size, 50 + i), weight.shape)]),
  );

/** The weights after two steps. */
function trained(): number[][] {
  return tf.tidy(() => {
    const weights = shapes.map((shape, i) =>
      weightOf(() => tf.tensor(random(tf.util.sizeFromShape(shape), i), shape)),
    );
    const optimizer = tf.train.sgd(0.3);
    optimizer.applyGradients(gradientsOf(weights));
    (optimizer as unknown as { setLearningRate(rate: number): void }).setLearningRate(0.07);
    optimizer.applyGradients(
      Object.entries(gradientsOf(weights)).map(([name, tensor]) => ({ name, tensor })),
    );
    const values = weights.map(valuesOf);
    tf.dispose(weights);
    optimizer.dispose();
    return values;
  });
}

/** The kernels that f runs. */
async function kernelsOf(f: () => void): Promise<string[]> {
  const { kernels } = await tf.profile(f);
  return kernels.map(({ name }) => name);
}

describe('tf.train.sgd', () => {
  it('gives the bits that tfjs gives', () => {
    const ours = trained();
    unregisterTrainingKernels();
    const tfjs = trained();
    registerTrainingKernels();
    expect(ours).toEqual(tfjs);
  });

  it('runs one kernel for all weights, and makes no tensors and no data', async () => {
    const weights = shapes.map((shape) => weightOf(() => tf.ones(shape)));
    const gradients = gradientsOf(weights);
    const optimizer = tf.train.sgd(0.1);
    const counts = () => [tf.memory().numTensors, (tf.backend() as BackendWasm).numDataIds()];
    const before = counts();
    expect(await kernelsOf(() => optimizer.applyGradients(gradients))).toEqual(['GradientDescent']);
    expect(counts()).toEqual(before);
    tf.dispose([weights, gradients]);
    optimizer.dispose();
  });

  it('leaves the clones and reshapes of a weight alone', () => {
    tf.tidy(() => {
      const [free, held] = [weightOf(() => tf.tensor1d([1, 2])), weightOf(() => tf.tensor1d([1, 2]))];
      const others = [tf.clone(held), tf.reshape(held, [2, 1])];
      const optimizer = tf.train.sgd(1);
      optimizer.applyGradients({ [free.name]: tf.tensor1d([1, 1]), [held.name]: tf.tensor1d([1, 1]) });
      expect([free, held].map(valuesOf)).toEqual([
        [0, 1],
        [0, 1],
      ]);
      expect(others.map(valuesOf)).toEqual([
        [1, 2],
        [1, 2],
      ]);
      tf.dispose([free, held]);
      optimizer.dispose();
    });
  });

  it('takes a gradient that is another weight', () => {
    tf.tidy(() => {
      const [a, b] = [weightOf(() => tf.scalar(2)), weightOf(() => tf.scalar(3))];
      const optimizer = tf.train.sgd(1);
      optimizer.applyGradients({ [a.name]: tf.clone(b), [b.name]: tf.clone(a) });
      expect([a, b].map(valuesOf)).toEqual([[-1], [1]]);
      tf.dispose([a, b]);
      optimizer.dispose();
    });
  });

  it('is seen by kernels that keep what they have made of a weight', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(random(40, 1), [10, 4]);
      const weight = weightOf(() => tf.tensor2d(random(12, 2), [4, 3]));
      const image = tf.reshape(x, [1, 2, 5, 4]) as tf.Tensor4D;
      const products = () => [
        tf.fused.matMul({ a: x, b: weight as tf.Tensor as tf.Tensor2D }),
        tf.fused.matMul({ a: tf.slice(x, 0, 2), b: weight as tf.Tensor as tf.Tensor2D }),
        tf.conv2d(image, tf.reshape(weight, [1, 1, 4, 3]) as tf.Tensor4D, 1, 'valid'),
      ];
      tf.dispose(products());
      const optimizer = tf.train.sgd(0.5);
      optimizer.applyGradients({ [weight.name]: tf.tensor2d(random(12, 3), [4, 3]) });
      const after = products().map(valuesOf);
      const copy = weightOf(() => tf.tensor2d(valuesOf(weight), [4, 3]));
      weight.assign(copy as unknown as typeof weight);
      expect(after).toEqual(products().map(valuesOf));
      tf.dispose([weight, copy]);
      optimizer.dispose();
    });
  });

  it('leaves other backends, and what has no gradient, to tfjs', async () => {
    const [weight, other] = [weightOf(() => tf.tensor1d([1, 2])), weightOf(() => tf.tensor1d([1, 2]))];
    const optimizer = tf.train.sgd(1);
    const one = tf.ones([2]);
    optimizer.applyGradients({ [weight.name]: one, [other.name]: null as unknown as tf.Tensor });
    expect([weight, other].map(valuesOf)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    await tf.setBackend('cpu');
    optimizer.applyGradients({ [weight.name]: one });
    expect(valuesOf(weight)).toEqual([-1, 0]);
    await tf.setBackend('wasm');
    optimizer.applyGradients({ [weight.name]: one });
    expect(valuesOf(weight)).toEqual([-2, -1]);
    tf.dispose([weight, other, one]);
    optimizer.dispose();
  });

  it('throws after it is disposed, and for a gradient of another shape', () => {
    tf.tidy(() => {
      const weight = weightOf(() => tf.tensor1d([1, 2]));
      const optimizer = tf.train.sgd(1);
      expect(() => optimizer.applyGradients({ [weight.name]: tf.ones([3]) })).toThrow();
      optimizer.dispose();
      expect(() => optimizer.applyGradients({ [weight.name]: tf.ones([2]) })).toThrow();
      expect(valuesOf(weight)).toEqual([1, 2]);
      weight.dispose();
    });
  });
});
