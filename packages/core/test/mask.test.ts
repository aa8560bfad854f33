import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  recomputeRunningStats,
  registerBackend,
} from '../src/index.js';
import { channelInputs, epsilon } from './support/cases.js';
import { channelShape, composedInference, composedMaskedMoments } from './support/composed.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

/** Weights in [0, 2), some of them 0. */
const weightsOf = (shape: number[]) => tf.relu(tf.sub(tf.randomUniform(shape, 0, 2.4, 'float32', 4), 0.4));

const positionsOf = (shape: number[], dataFormat: string) =>
  dataFormat === 'channelsFirst' ? [shape[0]!, ...shape.slice(2)] : shape.slice(0, -1);

/** Every rank and data format, with a mask of every number of axes. */
const maskedInputs = channelInputs.flatMap(({ shape, dataFormat }) => {
  const positions = positionsOf(shape, dataFormat);
  return positions.map((_, i) => ({ shape, dataFormat, maskShape: positions.slice(0, i + 1) }));
});

describe.each(maskedInputs)('x of $shape, $dataFormat, mask of $maskShape', (input) => {
  const { shape, dataFormat, maskShape } = input;
  const x = sample(shape);
  const mask = weightsOf(maskShape);
  const affine = { gamma: sample([4], 2), beta: sample([4], 3) };

  test('gives the weighted mean and variance', () => {
    const { mean, variance } = batchNorm(x, { mask, dataFormat });
    const expected = composedMaskedMoments(x, mask, dataFormat);
    expectClose(mean, expected.mean);
    expectClose(variance, expected.variance);
  });

  test('normalizes all of x with them', () => {
    const { mean, variance } = composedMaskedMoments(x, mask, dataFormat);
    const expected = composedInference(x, mean, variance, affine, dataFormat, epsilon);
    expectClose(batchNorm(x, { ...affine, mask, dataFormat, epsilon }).y, expected);
  });

  test('changes nothing where all weights are equal', () => {
    const masked = batchNorm(x, { ...affine, mask: tf.fill(maskShape, 0.5), dataFormat });
    const plain = batchNorm(x, { ...affine, dataFormat });
    expectClose(masked.y, plain.y);
    expectClose(masked.variance, plain.variance);
  });

  test('takes a bool as weights of 0 and 1', () => {
    const bool = tf.greater(mask, 0);
    const { mean, variance } = batchNorm(x, { mask: bool, dataFormat });
    const expected = batchNorm(x, { mask: tf.cast(bool, 'float32'), dataFormat });
    expectClose(mean, expected.mean, 1e-12);
    expectClose(variance, expected.variance, 1e-12);
  });
});

describe('a mask of the shape of x', () => {
  const x = sample([5, 3]);
  // Channel 0 without its second and third value, channel 2 without its last one.
  const mask = tf.tensor2d([1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0], [5, 3], 'bool');
  const columns = tf.unstack(x, 1);
  const seen = [tf.gather(columns[0]!, [0, 3, 4]), columns[1]!, tf.slice(columns[2]!, 0, 4)].map((values) =>
    tf.moments(values),
  );

  test('has a weight for each element', () => {
    const { mean, variance } = batchNorm(x, { mask });
    expectClose(mean, tf.stack(seen.map((moments) => moments.mean)));
    expectClose(variance, tf.stack(seen.map((moments) => moments.variance)));
  });

  test('corrects the running variance of each channel by its own weights', () => {
    const layer = new BatchNorm({ numFeatures: 3, momentum: 0 });
    layer.apply(x, { training: true, mask });
    const corrections = [3 / 2, 5 / 4, 4 / 3];
    const expected = seen.map(({ variance }, i) => tf.mul(variance, corrections[i]!));
    expectClose(layer.runningVariance!, tf.stack(expected));
  });

  test('is merged by channel when running statistics are recomputed', async () => {
    const layer = new BatchNorm({ numFeatures: 3, varianceEstimate: 'biased' });
    const halves = [0, 2].map((start, i) => () => {
      const size = i === 0 ? 2 : 3;
      const [part, partOfMask] = [x, mask].map((tensor) => tf.slice(tensor, start, size));
      return layer.apply(part!, { training: true, mask: partOfMask });
    });
    await recomputeRunningStats([layer], halves);
    expectClose(layer.runningMean!, tf.stack(seen.map((moments) => moments.mean)));
    expectClose(layer.runningVariance!, tf.stack(seen.map((moments) => moments.variance)));
  });
});

describe('what a mask leaves out', () => {
  const seen = sample([6, 3, 2]);
  const hidden = sample([4, 3, 2], 8);
  const mask = tf.cast(tf.concat([tf.ones([6]), tf.zeros([4])]), 'bool');
  const both = (other: tf.Tensor) => tf.concat([seen, other]);

  test('is as if it were not there', () => {
    const { y, mean, variance } = batchNorm(both(hidden), { mask });
    const expected = batchNorm(seen);
    expectClose(tf.slice(y, 0, 6), expected.y);
    expectClose(mean, expected.mean);
    expectClose(variance, expected.variance);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])('may be %d', (value) => {
    const { mean, variance } = batchNorm(both(tf.fill([4, 3, 2], value)), { mask });
    const expected = batchNorm(seen);
    expectClose(mean, expected.mean);
    expectClose(variance, expected.variance);
  });

  test('is normalized like the rest', () => {
    const { y, mean, variance } = batchNorm(both(hidden), { mask });
    const shape = channelShape(hidden, 'channelsFirst');
    const deviation = tf.sqrt(tf.add(tf.reshape(variance, shape), 1e-5));
    expectClose(tf.slice(y, 6), tf.div(tf.sub(hidden, tf.reshape(mean, shape)), deviation));
  });
});

describe('a mask of zeros', () => {
  const mask = tf.zeros([5]);
  const x = sample([5, 3]);

  test('gives mean and variance 0, and a finite y', () => {
    const { y, mean, variance } = batchNorm(x, { mask, epsilon: 0.25 });
    expectClose(tf.concat([mean, variance]), [0, 0, 0, 0, 0, 0], 1e-12);
    expectClose(y, tf.mul(x, 2));
  });

  test('gives finite gradients', () => {
    const gradient = tf.grad((input) => tf.sum(tf.square(batchNorm(input, { mask, epsilon: 0.25 }).y)))(x);
    expectClose(gradient, tf.mul(x, 8));
  });

  test('leaves the running statistics of a layer as they were', () => {
    const layer = new BatchNorm({ numFeatures: 3 });
    layer.apply(x, { training: true });
    const before = tf.concat([layer.runningMean!, layer.runningVariance!]);
    layer.apply(sample([5, 3], 2), { training: true, mask });
    expectClose(tf.concat([layer.runningMean!, layer.runningVariance!]), before, 1e-12);
  });
});

test('values far from 0 keep their variance', () => {
  const x = tf.add(sample([500, 2]), 1e4);
  const mask = tf.concat([tf.ones([400]), tf.zeros([100])]);
  const { variance } = batchNorm(x, { mask });
  const { variance: expected } = tf.moments(tf.sub(tf.slice(x, 0, 400), 1e4), 0);
  expectClose(variance, expected, 1e-3);
});

test('the variance of constants is not negative', () => {
  const { variance } = batchNorm(tf.fill([7, 1], 12345678.9), { mask: tf.fill([7], 0.1) });
  expect(variance.dataSync()[0]).toBeGreaterThanOrEqual(0);
});

describe('a layer', () => {
  const x = tf.tensor2d([[1], [2], [6], [100]]);
  const mask = tf.tensor1d([1, 1, 1, 0]);
  const trained = (options: Partial<BatchNormOptions>, weights = mask) => {
    const layer = new BatchNorm({ numFeatures: 1, momentum: 0, ...options });
    layer.apply(x, { training: true, mask: weights });
    return layer;
  };

  test('gives the y of the function', () => {
    const layer = new BatchNorm({ numFeatures: 1 });
    expectClose(layer.apply(x, { training: true, mask }), batchNorm(x, { mask }).y, 1e-12);
  });

  test('takes the weighted mean into its running mean', () => {
    expectClose(trained({}).runningMean!, [3]);
  });

  test('corrects its running variance by the sum of the weights', () => {
    expectClose(trained({}).runningVariance!, [7]);
  });

  test('takes the biased variance where it is told to', () => {
    expectClose(trained({ varianceEstimate: 'biased' }).runningVariance!, [14 / 3]);
  });

  test('leaves the variance as it is where the weights sum to no more than 1', () => {
    expectClose(trained({}, tf.div(mask, 3)).runningVariance!, [14 / 3]);
  });

  test('keeps the share of the old value that its momentum says', () => {
    expectClose(trained({ momentum: 0.5 }).runningMean!, [1.5]);
  });

  test('counts the batch', () => {
    expect(trained({}).stateDict().num_batches_tracked!.dataSync()[0]).toBe(1);
  });

  test('ignores the mask at inference', () => {
    const layer = trained({});
    expectClose(layer.apply(x, { training: false, mask }), layer.apply(x, { training: false }), 1e-12);
  });

  test('heeds it at inference where it has no running statistics', () => {
    const layer = new BatchNorm({ numFeatures: 1, trackRunningStats: false });
    expectClose(layer.apply(x, { training: false, mask }), batchNorm(x, { mask }).y, 1e-12);
  });

  test('adds no tensors from step to step', () => {
    const layer = trained({});
    const optimizer = tf.train.sgd(0.01);
    const cost = () => tf.sum(tf.square(layer.apply(x, { training: true, mask }))) as tf.Scalar;
    const step = () => optimizer.minimize(cost, false, layer.trainableWeights);
    step();
    expect(tensorsAddedBy(step)).toBe(0);
  });
});

/** A loss that weighs every element of y differently, and not linearly. */
const loss = (y: tf.Tensor) => tf.sum(tf.mul(sample(y.shape, 9), tf.square(y))) as tf.Scalar;

describe.each(maskedInputs)('gradients of x of $shape, $dataFormat, mask of $maskShape', (input) => {
  const { shape, dataFormat, maskShape } = input;
  const mask = weightsOf(maskShape);
  const inputs = [sample(shape), sample([4], 2), sample([4], 3)];

  const ours = (...[x, gamma, beta]: tf.Tensor[]) => {
    const { y, mean, variance } = batchNorm(x!, { gamma, beta, mask, dataFormat, epsilon });
    return tf.concat([tf.reshape(y, [-1]), mean, variance]);
  };
  const composed = (...[x, gamma, beta]: tf.Tensor[]) => {
    const { mean, variance } = composedMaskedMoments(x!, mask, dataFormat);
    const y = composedInference(x!, mean, variance, { gamma, beta }, dataFormat, epsilon);
    return tf.concat([tf.reshape(y, [-1]), mean, variance]);
  };
  const gradients = (f: typeof ours) => tf.grads((...tensors: tf.Tensor[]) => loss(f(...tensors)));

  test('are those of the formula', () => {
    const expected = gradients(composed)(inputs);
    gradients(ours)(inputs).forEach((gradient, i) => {
      expectClose(gradient, expected[i]!, 5e-5);
    });
  });

  test('have the gradients of the formula', () => {
    const second = (f: typeof ours) =>
      tf.grads((...tensors: tf.Tensor[]) => tf.addN(gradients(f)(tensors).map(loss)));
    const expected = second(composed)(inputs);
    second(ours)(inputs).forEach((gradient, i) => {
      expectClose(gradient, expected[i]!, 2e-3);
    });
  });
});

test('an optimizer that minimizes a masked loss trains gamma and beta of a layer', () => {
  const x = sample([6, 4, 3]);
  const layer = new BatchNorm({ numFeatures: 4 });
  const mask = tf.tensor1d([1, 1, 0, 1, 0, 1]);
  const before = layer.gamma!.dataSync().slice();
  tf.train
    .sgd(0.1)
    .minimize(() => loss(layer.apply(x, { training: true, mask })), false, layer.trainableWeights);
  expect(layer.gamma!.dataSync()).not.toEqual(before);
});
