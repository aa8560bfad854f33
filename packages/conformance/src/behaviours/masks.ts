/** Batch norm in training that counts what a mask leaves: statistics, and what must not enter them. */
import { batchNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import { forAll, inputsOf, trials } from '../arbitraries.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectFinite, expectSame, largest } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { drawMask, weightsOf } from '../masks.js';
import type { Inputs, Mask, Operation } from '../operation.js';
import { referenceForward, referenceGradients } from '../reference.js';
import { forward, gradients, gradientTensors, take } from '../run.js';

/** Sizes that are no multiple of a vector; masks of samples, of positions, and of some of their axes. */
const maskedSamples: readonly { operation: Operation; mask: Mask }[] = [
  { shape: [9, 5], axes: 1, dtype: 'bool' },
  { shape: [5, 3, 3, 5], axes: 1, dtype: 'float32' },
  { shape: [3, 5, 7, 3], axes: 3, dtype: 'float32' },
  { shape: [2, 3, 37], axes: 2, dtype: 'bool' },
  { shape: [3, 7, 3, 11], axes: 2, dtype: 'bool', dataFormat: 'channelsLast' },
  { shape: [2, 3, 2, 3, 5], axes: 4, dtype: 'float32' },
  { shape: [4, 13, 6], axes: 2, dtype: 'float32', dataFormat: 'channelsLast' },
].map(({ shape, axes, dtype, dataFormat }, i) => {
  const operation = { op: 'batchNorm', shape, dataFormat: dataFormat ?? 'channelsFirst' } as Operation;
  return { operation, mask: drawMask(operation, { axes, dtype: dtype as Mask['dtype'] }, 50 + i) };
});

/** Runs a check for every masked sample, at an offset and scale that are not 0 and 1. */
const forMasked =
  (
    check: (operation: Operation, inputs: Inputs & { mask: Mask }, tolerance: number) => Promise<void>,
  ): Behaviour =>
  async ({ tolerance }) => {
    for (const { operation, mask } of maskedSamples) {
      await check(operation, { ...drawInputs(operation, 51, { offset: 4, scale: 3 }), mask }, tolerance);
    }
  };

/** mean and variance of `batchNorm`. */
async function statistics(operation: Operation, inputs: Omit<Inputs, 'dy'>) {
  const { dataFormat, epsilon } = operation;
  const { x, mask, ...unused } = toTensors(operation, inputs);
  const { y, mean, variance } = batchNorm(x, { mask, dataFormat, epsilon });
  tf.dispose([x, mask, y, unused]);
  return take({ mean, variance });
}

/** Fails if statistics are farther from float64 than rounding takes them. */
async function expectStatistics(operation: Operation, inputs: Inputs, tolerance: number): Promise<void> {
  const allowed = allowanceFor(operation, inputs, tolerance);
  const truth = referenceForward(operation, inputs);
  const { mean, variance } = await statistics(operation, inputs);
  expectClose(mean, truth.mean, allowed.mean, 'mean');
  expectClose(variance, truth.variance, allowed.variance, 'variance');
}

/** mean = sum(w x) / sum(w) and variance = sum(w (x - mean)^2) / sum(w). */
export const statisticsAgree: Behaviour = ({ draws, tolerance }) =>
  forAll(trials('batchNorm', { masked: true }), draws, (trial) =>
    expectStatistics(trial.operation, inputsOf(trial), tolerance),
  );

/** Where the mean is 10,000 standard deviations from 0, a sum of squares in float32 has nothing left of the variance. */
export const farFromZero: Behaviour = async ({ tolerance }) => {
  const operation: Operation = { op: 'batchNorm', shape: [32, 5, 7, 9], affine: false };
  const mask = drawMask(operation, { axes: 3, dtype: 'float32' }, 52);
  const inputs = { ...drawInputs(operation, 53, { offset: 1e4 }), mask };
  await expectStatistics(operation, inputs, tolerance);
  const y = await forward(operation, inputs);
  const truth = referenceForward(operation, inputs).y;
  expectClose(y, truth, allowanceFor(operation, inputs, tolerance).y, 'y');
};

/** Weights are relative: where all are equal, the mask might as well not be there. */
export const equalWeights = forMasked(async (operation, { mask, ...inputs }, tolerance) => {
  const half = { ...mask, dtype: 'float32' as const, values: mask.values.map(() => 0.5) };
  const allowed = allowanceFor(operation, inputs, tolerance);
  const masked = { ...inputs, mask: half };
  expectClose(await forward(operation, masked), referenceForward(operation, inputs).y, allowed.y, 'y');
  const { dx } = await gradients(operation, masked);
  expectClose(dx, referenceGradients(operation, inputs).dx, allowed.dx, 'dx');
});

/** The inputs with another x and dy where the mask has weight 0. */
function withHidden(operation: Operation, inputs: Inputs & { mask: Mask }, x: number, dy: number): Inputs {
  const weights = weightsOf(operation, inputs.mask);
  const replace = (values: Float32Array, value: number) =>
    values.map((old, i) => (weights[i] === 0 ? value : old));
  return { ...inputs, x: replace(inputs.x, x), dy: replace(inputs.dy, dy) };
}

/** An element of weight 0 does not enter the statistics, even if it is infinite or NaN: all other results keep their bits. */
export const hiddenValuesDoNotEnter = (value: number): Behaviour =>
  forMasked(async (operation, inputs) => {
    const weights = weightsOf(operation, inputs.mask);
    const seen = (values: Float32Array) => values.filter((_, i) => weights[i]! > 0);
    const [zero, spoilt] = [0, value].map((x) => withHidden(operation, inputs, x, 0)) as [Inputs, Inputs];
    const [wanted, got] = [await statistics(operation, zero), await statistics(operation, spoilt)];
    expectFinite(wanted.mean, 'mean');
    expectSame(got.mean, wanted.mean, 'mean');
    expectSame(got.variance, wanted.variance, 'variance');
    expectSame(
      seen(await forward(operation, spoilt)),
      seen(await forward(operation, zero)),
      'y of what is seen',
    );
  });

/** Padding that is finite and that no loss looks at changes no gradient of what is seen. */
export const paddingHasNoGradient = forMasked(async (operation, inputs) => {
  const weights = weightsOf(operation, inputs.mask);
  const got = await gradients(operation, withHidden(operation, inputs, 1e6, 0));
  const wanted = await gradients(operation, withHidden(operation, inputs, 0, 0));
  expectClose(got.dx, wanted.dx, 0, 'dx');
  expectClose(got.dGamma!, wanted.dGamma!, 0, 'dGamma');
  expectClose(got.dBeta!, wanted.dBeta!, 0, 'dBeta');
  const hidden = got.dx.filter((_, i) => weights[i] === 0);
  expect(largest(hidden), 'dx of the padding').toBe(0);
});

/** Without any weight mean and variance are 0, not 0 / 0. */
export const zeros = forMasked(async (operation, { mask, ...inputs }, tolerance) => {
  const none = { ...inputs, mask: { ...mask, values: mask.values.map(() => 0) } };
  const { mean, variance } = await statistics(operation, none);
  expect(largest(mean, variance), 'mean and variance').toBe(0);
  const allowed = allowanceFor(operation, none, tolerance);
  expectClose(await forward(operation, none), referenceForward(operation, none).y, allowed.y, 'y');
});

/** Forward and backward, a masked batch leaves its results; what it held beside them is freed. */
export const leavesItsResults: Behaviour = () => {
  for (const { operation, mask } of maskedSamples) {
    const inputs = drawInputs(operation, 54);
    const given = toTensors(operation, { ...inputs, mask });
    const dy = tf.tensor(inputs.dy, [...operation.shape]);
    const count = () => [tf.memory().numTensors, tf.backend().numDataIds()] as const;
    const results = () => [
      ...Object.values(batchNorm(given.x, { mask: given.mask, dataFormat: operation.dataFormat })),
      ...Object.values(gradientTensors(operation, given, dy)),
    ];
    // Constants that tfjs keeps for itself are made in the first run.
    tf.dispose(results());
    const [tensors, buffers] = count();
    const left = results();
    expect(count()[0] - tensors, 'new tensors').toBe(left.length);
    tf.dispose(left);
    expect(count(), 'tensors and buffers after disposing the results').toEqual([tensors, buffers]);
    tf.dispose([dy, ...Object.values(given)]);
  }
};
