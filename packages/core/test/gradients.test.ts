import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { batchNorm, batchNormInference, moments, registerBackend } from '../src/index.js';
import { type Affine, cases, channelInputs, epsilon } from './support/cases.js';
import { composedInference, otherAxes } from './support/composed.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

/** A loss that weighs every element of y differently, and not linearly. */
function loss(y: tf.Tensor): tf.Scalar {
  const weights = sample(y.shape, 9);
  return tf.sum(tf.mul(weights, tf.square(y)));
}

/** Holds the gradients of f in all its inputs against those of its composition. */
function expectSameGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  composed: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  tolerance?: number,
): void {
  const gradients = tf.grads((...tensors: tf.Tensor[]) => loss(f(...tensors)))(inputs);
  const expected = tf.grads((...tensors: tf.Tensor[]) => loss(composed(...tensors)))(inputs);
  expect(gradients.map(({ shape }) => shape)).toEqual(inputs.map(({ shape }) => shape));
  gradients.forEach((gradient, i) => {
    expectClose(gradient, expected[i]!, tolerance);
  });
}

/** The gradient of f's squared gradient, weighed. */
function gradientOfGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor) {
  return (...inputs: tf.Tensor[]) => {
    const gradients = tf.grads((...tensors: tf.Tensor[]) => loss(f(...tensors)))(inputs);
    return tf.addN(gradients.map((gradient) => loss(gradient)));
  };
}

describe.each(cases)('$title', ({ assignment, affineShape, hasBeta, apply, composed }) => {
  const x = sample(assignment.shape);
  const gamma = sample(affineShape, 2);
  const beta = sample(affineShape, 3);

  const combinations: [string, tf.Tensor[], (rest: tf.Tensor[]) => Affine][] = [
    ['x', [], () => ({})],
    ['x and gamma', [gamma], ([scale]) => ({ gamma: scale })],
  ];
  if (hasBeta) {
    combinations.push(
      ['x and beta', [beta], ([offset]) => ({ beta: offset })],
      ['x, gamma and beta', [gamma, beta], ([scale, offset]) => ({ gamma: scale, beta: offset })],
    );
  }

  test.each(combinations)('has the gradients of its formula in %s', (_, parameters, affine) => {
    expectSameGradients(
      (input, ...rest) => apply(input!, affine(rest)),
      (input, ...rest) => composed(input!, affine(rest)),
      [x, ...parameters],
    );
  });

  test('has the gradients of its formula where x is constant', () => {
    expectSameGradients(
      (scale) => apply(x, { gamma: scale }),
      (scale) => composed(x, { gamma: scale }),
      [gamma],
    );
  });

  test.each(combinations)('has the gradients of gradients of its formula in %s', (_, parameters, affine) => {
    const second = gradientOfGradients((input, ...rest) => apply(input!, affine(rest)));
    const expected = gradientOfGradients((input, ...rest) => composed(input!, affine(rest)));
    const inputs = [x, ...parameters];
    tf.grads(second)(inputs).forEach((gradient, i) => {
      expectClose(gradient, tf.grads(expected)(inputs)[i]!, 5e-4);
    });
  });
});

describe.each(channelInputs)('batchNormInference of $shape, $dataFormat', ({ shape, dataFormat }) => {
  const f = (...[x, mean, variance, gamma, beta]: tf.Tensor[]) =>
    batchNormInference(x!, { mean: mean!, variance: variance!, gamma, beta, dataFormat, epsilon });
  const composed = (...[x, mean, variance, gamma, beta]: tf.Tensor[]) =>
    composedInference(x!, mean!, variance!, { gamma, beta }, dataFormat, epsilon);
  const fixed = [sample(shape), sample([4], 5), tf.abs(sample([4], 6))];
  const inputs = [...fixed, sample([4], 2), sample([4], 3)];

  test('has the gradients of its formula in x, mean, variance, gamma and beta', () => {
    expectSameGradients(f, composed, inputs);
  });

  test('has the gradients of its formula without gamma and beta', () => {
    expectSameGradients(f, composed, fixed);
  });

  test('has the gradients of gradients of its formula', () => {
    expectSameGradients(gradientOfGradients(f), gradientOfGradients(composed), inputs, 2e-3);
  });
});

describe.each(channelInputs)('the statistics of $shape, $dataFormat', ({ shape, dataFormat }) => {
  const x = sample(shape);
  const statistics = (input: tf.Tensor) => tf.moments(input, otherAxes(input, dataFormat));

  test.each(['mean', 'variance'] as const)('have the gradient of the %s that batchNorm gives', (name) => {
    expectSameGradients(
      (input) => batchNorm(input!, { dataFormat })[name],
      (input) => statistics(input!)[name],
      [x],
    );
  });

  test.each(['mean', 'variance'] as const)('have the gradient of the %s that moments gives', (name) => {
    expectSameGradients(
      (input) => moments(input!, { dataFormat })[name],
      (input) => statistics(input!)[name],
      [x],
    );
  });

  test.each(['mean', 'variance'] as const)('have the gradient of the gradient of the %s', (name) => {
    expectSameGradients(
      gradientOfGradients((input) => batchNorm(input!, { dataFormat })[name]),
      gradientOfGradients((input) => statistics(input!)[name]),
      [x],
    );
  });

  test('have gradients that add to those of y', () => {
    expectSameGradients(
      (input) => {
        const { y, mean, variance } = batchNorm(input!, { dataFormat, epsilon });
        return tf.concat([tf.reshape(y, [-1]), mean, variance]);
      },
      (input) => {
        const { mean, variance } = statistics(input!);
        const y = composedInference(input!, mean, variance, {}, dataFormat, epsilon);
        return tf.concat([tf.reshape(y, [-1]), tf.reshape(mean, [-1]), tf.reshape(variance, [-1])]);
      },
      [x],
    );
  });
});

test.each([
  ['per sample and group', { numGroups: 2 }, [3, 2, 20], [2]],
  ['over the trailing axes', { normalizedShape: [2, 5] }, [12, 10], [1]],
] as const)('moments %s has the gradients of its formula', (_, options, shape, axes) => {
  const variance = (input: tf.Tensor) => tf.moments(tf.reshape(input, [...shape]), [...axes]).variance;
  expectSameGradients(
    (input) => tf.reshape(moments(input!, options).variance, [-1]),
    (input) => tf.reshape(variance(input!), [-1]),
    [sample([3, 4, 2, 5])],
  );
});

test('a gradient of gradients leaves the rest of the tape as it was', () => {
  const { apply, composed } = cases[0]!;
  const before = (input: tf.Tensor) => tf.square(tf.mul(input, 2));
  const around = (second: (...inputs: tf.Tensor[]) => tf.Tensor) => (input?: tf.Tensor) =>
    tf.mul(before(input!), second(before(input!)));
  expectSameGradients(
    around(gradientOfGradients((x) => apply(x!, {}))),
    around(gradientOfGradients((x) => composed(x!, {}))),
    [sample([3, 4])],
    5e-4,
  );
});
