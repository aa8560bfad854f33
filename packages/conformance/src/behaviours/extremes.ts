/** Sizes and scales at the ends of float32. */
import { BatchNorm, batchNorm, layerNorm, moments } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { apply, toTensors } from '../calls.js';
import { expectClose, expectFinite, largest } from '../compare.js';
import { factsOf, operationsThat } from '../facts.js';
import { drawInputs } from '../golden/inputs.js';
import type { Operation } from '../operation.js';
import { referenceForward, referenceGradients } from '../reference.js';
import { forward, gradients, take, takeOne } from '../run.js';

/** Some of each, with sizes that are no multiple of a vector. */
export const samples: readonly Operation[] = operationsThat(() => true).flatMap((op) =>
  factsOf(op).samples.map((options) => ({ op, ...options })),
);

/** Runs a check for every sample operation. */
const forSamples =
  (check: (operation: Operation, tolerance: number) => Promise<void>): Behaviour =>
  async ({ tolerance }) => {
    for (const operation of samples) await check(operation, tolerance);
  };

/** x of this scale is normalized as float64 does it. */
export const scaleIsExact = (scale: number): Behaviour =>
  forSamples(async (operation, tolerance) => {
    const inputs = drawInputs(operation, 11, { scale });
    const allowed = allowanceFor(operation, inputs, tolerance);
    expectClose(await forward(operation, inputs), referenceForward(operation, inputs).y, allowed.y, 'y');
    const { dx } = await gradients(operation, inputs);
    expectClose(dx, referenceGradients(operation, inputs).dx, allowed.dx, 'dx');
  });

/**
 * Beyond |x - mean| of 1.8e19 the variance is beyond float32: it is Infinity. y may then be beta, as the float32
 * statistics have it, or the normalized value, if a fused kernel has the variance in float64; it is never NaN, never
 * out of range, and dx, whose true size is 1 / scale, is 0 to rounding.
 */
export const overflowingVariance: Behaviour = forSamples(async (operation) => {
  if (operation.op === 'batchNormInference') return;
  const inputs = drawInputs(operation, 12, { scale: 1e30 });
  const bound = largest(referenceForward(operation, inputs).y) * (1 + 2 ** -20);
  const y = await forward(operation, inputs);
  expectFinite(y, 'y');
  expect(largest(y)).toBeLessThanOrEqual(Math.max(bound, largest(inputs.beta)));
  const { dx, dGamma } = await gradients(operation, inputs);
  expectClose(
    dx,
    dx.map(() => 0),
    1e-25,
    'dx',
  );
  expectFinite(dGamma!, 'dGamma');
});

/** Numbers below 2^-126 may count as 0, as on GPUs; that costs no more than the number itself. */
export const denormals: Behaviour = forSamples(async (operation) => {
  if (operation.op === 'batchNormInference') return;
  const { beta: _, ...inputs } = drawInputs(operation, 13, { scale: 1e-40 });
  const y = await forward(operation, inputs);
  const truth = referenceForward(operation, inputs).y;
  const smallestNormal = 2 ** -126;
  expectClose(y, truth, (smallestNormal * (1 + largest(inputs.gamma))) / Math.sqrt(1e-5), 'y');
  const { dx } = await gradients(operation, inputs);
  const wanted = referenceGradients(operation, inputs).dx;
  expectClose(dx, wanted, 2 ** -20 * largest(wanted), 'dx');
});

/** A constant has variance 0: y is beta, and dx follows from epsilon alone. */
export const constants: Behaviour = forSamples(async (operation, tolerance) => {
  if (operation.op === 'batchNormInference' || operation.op === 'rmsNorm') return;
  for (const value of [0, 0.1, -3, 12345.678]) {
    const drawn = drawInputs(operation, 14);
    const inputs = { ...drawn, x: drawn.x.map(() => value) };
    const allowed = allowanceFor(operation, inputs, tolerance);
    expectClose(
      await forward(operation, inputs),
      referenceForward(operation, inputs).y,
      allowed.y,
      `y of ${value}`,
    );
    const { dx } = await gradients(operation, inputs);
    expectClose(dx, referenceGradients(operation, inputs).dx, allowed.dx, `dx of ${value}`);
  }
});

/** A statistic over one element: variance 0, y = beta exactly, and no gradient reaches gamma, nor x but for rounding. */
export const oneElementGroups: Behaviour = async () => {
  const operations: Operation[] = [
    { op: 'groupNorm', shape: [3, 7], numGroups: 7 },
    { op: 'instanceNorm', shape: [3, 7, 1, 1] },
    { op: 'instanceNorm', shape: [3, 1, 7], dataFormat: 'channelsLast' },
    { op: 'layerNorm', shape: [7, 1], normalizedShape: [1] },
  ];
  // With a small epsilon any rounding error in dx would be large.
  const withEpsilon = operations.flatMap((operation) => [operation, { ...operation, epsilon: 1e-12 }]);
  for (const operation of withEpsilon) {
    const inputs = drawInputs(operation, 15, { offset: 100, scale: 10 });
    const channels = inputs.beta!.length;
    const beta = inputs.x.map((_, i) => inputs.beta![i % channels]!);
    expectClose(await forward(operation, inputs), beta, 0, 'y');
    const { dx, dGamma } = await gradients(operation, inputs);
    expectClose(
      dx,
      dx.map(() => 0),
      0,
      'dx',
    );
    expectClose(
      dGamma!,
      dGamma!.map(() => 0),
      0,
      'dGamma',
    );
  }
};

/** No rows in, no rows out; for batch norm in inference only, since an empty batch has no statistics. */
export const emptyBatch: Behaviour = async () => {
  for (const operation of samples) {
    if (operation.op === 'batchNorm') continue;
    const empty = { ...operation, shape: [0, ...operation.shape.slice(1)] };
    const inputs = drawInputs(empty, 16);
    expect((await forward(empty, inputs)).length).toBe(0);
    const tensors = toTensors(empty, inputs);
    const dx = tf.grad((x: tf.Tensor) => apply(empty, { ...tensors, x }))(tensors.x);
    expect(dx.shape).toEqual(empty.shape);
    tf.dispose([dx, ...Object.values(tensors)]);
  }
  const layer = new BatchNorm({ numFeatures: 3 });
  const x = tf.zeros([0, 3, 4, 4]);
  const y = layer.apply(x, { training: false });
  expect(y.shape).toEqual([0, 3, 4, 4]);
  tf.dispose([x, y]);
  layer.dispose();
};

/**
 * More elements in one statistic than float32 can count. x alternates between 1 and 3: a float32 sum of it stands still
 * at 2^26, and one of dy = 1 at 2^24.
 */
export const sixteenMillionElements: Behaviour = async () => {
  const length = 2 ** 24 + 4096;
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = 1 + 2 * (i % 2);
  const image = tf.tensor(values, [1, 1, 4096, length / 4096]);
  const row = tf.tensor(values, [1, length]);
  for (const [x, options] of [
    [image, {}],
    [row, { normalizedShape: length }],
  ] as const) {
    const result = moments(x, options);
    const { mean, variance } = await take({ mean: result.mean, variance: result.variance });
    expectClose(mean, [2], 2 ** -22, 'mean');
    expectClose(variance, [1], 2 ** -22, 'variance');
  }
  const beta = tf.zeros([1]);
  const dBeta = tf.tidy(() =>
    tf.grad((beta: tf.Tensor) => tf.tidy(() => batchNorm(image, { beta }).y))(beta, tf.onesLike(image)),
  );
  expectClose(await takeOne(dBeta), [length], length * 2 ** -22, 'dBeta');
  // Over two axes: tfjs's webgl backend reads rows of more than 2^24 columns back wrongly.
  const y = layerNorm(image, { normalizedShape: [4096, length / 4096] });
  row.dispose();
  image.dispose();
  beta.dispose();
  const normalized = await takeOne(y);
  expectClose(normalized.subarray(-2), [-1, 1], 2 ** -16, 'the last two elements of y');
};

/** x = 1e4 + N(0, 1): the variance of y is 1 to 1e-3, which E[x^2] - E[x]^2 in float32 misses by far. */
export const largeOffset: Behaviour = async () => {
  const operation: Operation = { op: 'batchNorm', shape: [64, 8, 14, 14], affine: false };
  const inputs = drawInputs(operation, 17, { offset: 1e4 });
  const { mean, variance } = referenceForward(operation, { x: await forward(operation, inputs) });
  expectClose(
    variance,
    variance.map(() => 1),
    1e-3,
    'variance of y',
  );
  expectClose(
    mean,
    mean.map(() => 0),
    1e-3,
    'mean of y',
  );
};
