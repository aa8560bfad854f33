/** First gradients against finite differences of the float64 reference: nothing here knows a formula of a gradient. */
import { BatchNorm, batchNorm, moments } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import { type Bounds, forAll, inputsOf, type Trial, trials } from '../arbitraries.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, largest } from '../compare.js';
import { dot, numericalGradient } from '../finiteDifferences.js';
import { normal } from '../golden/inputs.js';
import { channelCount, momentsOptions, type OperationName } from '../operation.js';
import { referenceForward } from '../reference.js';
import { gradients, take, takeOne } from '../run.js';

/** A large epsilon keeps the third derivative, and with it the error of the differences, small. */
export const smooth = { maxSize: 120, epsilon: 0.1, maxOffset: 3, maxExponent: 0 } as const;

/** What central differences are themselves off by, relatively. */
export const differencesError = 1e-7;

const argumentNames = {
  dx: 'x',
  dGamma: 'gamma',
  dBeta: 'beta',
  dMean: 'mean',
  dVariance: 'variance',
} as const;

/** All first gradients of an operation. */
export const matchesDifferences =
  (op: OperationName, bounds?: Bounds): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(
      trials(op, { ...smooth, ...bounds }),
      draws,
      async (trial) => {
        const { operation } = trial;
        const inputs = inputsOf(trial);
        const got = Object.entries(await gradients(operation, inputs)) as [
          keyof typeof argumentNames,
          Float32Array,
        ][];
        const { dx: allowed } = allowanceFor(operation, inputs, tolerance);
        for (const [name, gradient] of got) {
          const argument = argumentNames[name];
          const loss = (at: Float64Array) =>
            dot(referenceForward(operation, { ...inputs, [argument]: at }).y, inputs.dy);
          const wanted = numericalGradient(loss, inputs[argument]!);
          // The other gradients are sums of as many terms as there are positions; dx's allowance is per term.
          const terms = name === 'dx' ? 1 : inputs.x.length / channelCount(operation);
          expectClose(gradient, wanted, allowed * terms + differencesError * (1 + largest(wanted)), name);
        }
      },
      15,
    );

/** A loss that y, mean and variance all take part in, with random weights. */
function statisticsWeights(trial: Trial, length: number) {
  const draw = (seed: number) => Float32Array.from({ length }, (_, i) => normal(trial.dataSeed + seed, i));
  return { mean: draw(10), variance: draw(11) };
}

/** dx through mean and variance as results of `moments`. */
export const momentsMatchDifferences =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(
      trials(op, smooth),
      draws,
      async (trial) => {
        const { operation } = trial;
        const inputs = inputsOf(trial);
        const weights = statisticsWeights(trial, referenceForward(operation, inputs).mean.length);
        const loss = (at: Float64Array) => {
          const { mean, variance } = referenceForward(operation, { ...inputs, x: at });
          return dot(mean, weights.mean) + dot(variance, weights.variance);
        };
        const { x } = toTensors(operation, { x: inputs.x });
        const dx = tf.tidy(() =>
          tf.grad((x: tf.Tensor) => {
            const { mean, variance } = moments(x, momentsOptions(operation));
            return weigh([mean, variance], [weights.mean, weights.variance]);
          })(x),
        );
        x.dispose();
        const wanted = numericalGradient(loss, inputs.x);
        const { dx: allowed } = allowanceFor(operation, inputs, tolerance);
        expectClose(await takeOne(dx), wanted, allowed + differencesError * (1 + largest(wanted)), 'dx');
      },
      15,
    );

/** sum of value * weight over some tensors. */
function weigh(values: tf.Tensor[], weights: Float32Array[]): tf.Tensor {
  return tf.addN(values.map((value, i) => tf.sum(tf.mul(value, tf.tensor(weights[i]!, value.shape)))));
}

/** dx through all three results of `batchNorm`. */
export const batchNormResultsMatchDifferences =
  (bounds?: Bounds): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(
      trials('batchNorm', { ...smooth, ...bounds, affine: false }),
      draws,
      async (trial) => {
        const { operation } = trial;
        const { dataFormat, epsilon } = operation;
        const inputs = inputsOf(trial);
        const weights = statisticsWeights(trial, channelCount(operation));
        const loss = (at: Float64Array) => {
          const { y, mean, variance } = referenceForward(operation, { ...inputs, x: at });
          return dot(y, inputs.dy) + dot(mean, weights.mean) + dot(variance, weights.variance);
        };
        const { x, mask, ...unused } = toTensors(operation, inputs);
        const dx = tf.tidy(() =>
          tf.grad((x: tf.Tensor) => {
            const { y, mean, variance } = batchNorm(x, { mask, dataFormat, epsilon });
            return weigh([y, mean, variance], [inputs.dy, weights.mean, weights.variance]);
          })(x),
        );
        tf.dispose([x, mask, unused]);
        const wanted = numericalGradient(loss, inputs.x);
        const { dx: allowed } = allowanceFor(operation, inputs, tolerance);
        expectClose(await takeOne(dx), wanted, allowed + differencesError * (1 + largest(wanted)), 'dx');
      },
      15,
    );

/** In inference the statistics are constants: each element of x moves its own y and no other, by gamma * rstd. */
export const frozenStatistics: Behaviour = ({ draws, tolerance }) =>
  forAll(trials('batchNormInference', { maxSize: 400 }), draws, async (trial) => {
    const { operation } = trial;
    const inputs = inputsOf(trial);
    const ones = { ...inputs, dy: inputs.dy.map(() => 1) };
    const whole = (await gradients(operation, ones)).dx;
    const one = { ...inputs, dy: inputs.dy.map((_, i) => (i === 0 ? 1 : 0)) };
    const single = (await gradients(operation, one)).dx;
    expect(single[0]).toBe(whole[0]);
    expectClose(
      single.subarray(1),
      single.subarray(1).map(() => 0),
      0,
      'dx of the other elements',
    );
    const { gamma, variance } = inputs;
    const slope = (gamma?.[0] ?? 1) / Math.sqrt(variance![0]! + 1e-5);
    expectClose([whole[0]!], [slope], tolerance * 2 ** -21 * Math.abs(slope), 'gamma * rstd');
  });

/** optimizer.minimize brings gamma and beta of a layer to where the loss is least. */
export const optimizerTrains: Behaviour = async () => {
  const layer = new BatchNorm({ numFeatures: 3 });
  const x = tf.tensor2d([1, 2, 3, 2, 4, 9, 3, 9, 27, 5, 7, 11], [4, 3]);
  const target = tf.tensor1d([-2, 1, 2]);
  const optimizer = tf.train.sgd(0.1);
  const loss = () => tf.mean(tf.square(tf.sub(layer.apply(x, { training: true }), target))) as tf.Scalar;
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) losses.push((await takeOne(optimizer.minimize(loss, true)!))[0]!);
  // The best that gamma and beta can do is y = target: gamma = 0 and beta = target.
  expect(losses.at(-1)).toBeLessThan(0.02 * losses[0]!);
  const { gamma, beta } = await take({ gamma: tf.clone(layer.gamma!), beta: tf.clone(layer.beta!) });
  expectClose(gamma, [0, 0, 0], 0.2, 'gamma');
  expectClose(beta, [-2, 1, 2], 0.2, 'beta');
  optimizer.dispose();
  layer.dispose();
  tf.dispose([x, target]);
};
