/** What changes nothing, and what every result has: mean 0, variance 1, the same bits each time. */
import * as tf from '@tensorflow/tfjs-core';
import { allowanceFor } from '../allowance.js';
import { forAll, inputsOf, trials } from '../arbitraries.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame, largest } from '../compare.js';
import type { NumbersName, Operation, OperationName } from '../operation.js';
import { referenceForward } from '../reference.js';
import { forward, gradients, gradientTensors, take } from '../run.js';

/** y has mean 0 and variance v / (v + epsilon) over each statistic. */
export const outputMoments =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, { affine: false }), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const allowed = allowanceFor(operation, inputs, tolerance).y;
      const { variance } = referenceForward(operation, inputs);
      const output = referenceForward(operation, { x: await forward(operation, inputs) });
      const wanted = variance.map((v) => v / (v + 1e-5));
      if (op !== 'rmsNorm')
        expectClose(
          output.mean,
          output.mean.map(() => 0),
          allowed,
          'mean of y',
        );
      // An error e in y moves a variance of at most 1 by at most 2e + e^2.
      expectClose(output.variance, wanted, 2 * allowed + allowed ** 2, 'variance of y');
    });

/** Scaling x makes no difference where epsilon is scaled along. */
export const scaleInvariance =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, { affine: false }), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const factor = 2 ** 6;
      const scaled = { ...inputs, x: inputs.x.map((value) => value * factor) };
      const wanted = await forward({ ...operation, epsilon: 2 ** -17 }, inputs);
      const got = await forward({ ...operation, epsilon: 2 ** -17 * factor ** 2 }, scaled);
      const allowed = allowanceFor(operation, inputs, tolerance);
      expectClose(got, wanted, allowed.y, 'y');
    });

/** A row (a sample, a group) is normalized by itself: others in the batch make no difference. */
export const rowsAreIndependent =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(
      trials(op, { affine: false }).filter(({ operation: { shape, normalizedShape } }) =>
        normalizedShape ? shape.length > normalizedShape.length : true,
      ),
      draws,
      async (trial) => {
        const { operation } = trial;
        const inputs = inputsOf(trial);
        const length = inputs.x.length / operation.shape[0]!;
        const last = inputs.x.subarray(inputs.x.length - length);
        const alone = await forward({ ...operation, shape: [1, ...operation.shape.slice(1)] }, { x: last });
        const together = await forward(operation, inputs);
        const allowed = allowanceFor(operation, inputs, tolerance);
        expectClose(alone, together.subarray(inputs.x.length - length), allowed.y, 'y of the last sample');
      },
    );

/** The gradient that a normalization passes on has no part along what it takes away: the mean, and the deviation. */
export const gradientIsOrthogonal =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, { maxExponent: 0, maxOffset: 10 }), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const { dx } = await gradients(operation, inputs);
      const plain = { ...operation, affine: false };
      const means = referenceForward({ ...plain, op: op === 'rmsNorm' ? 'layerNorm' : op }, { x: dx }).mean;
      const allowed = allowanceFor(operation, inputs, tolerance).dx;
      if (op !== 'rmsNorm')
        expectClose(
          means,
          means.map(() => 0),
          allowed,
          'mean of dx over a statistic',
        );
      // d y / d(scale of x) is 0 but for epsilon, so dx . xhat = epsilon * rstd^2 * (g . xhat) * rstd.
      const { y: xhat, variance } = referenceForward(plain, { x: inputs.x });
      const products = referenceForward(
        { ...plain, op: op === 'rmsNorm' ? 'layerNorm' : op },
        {
          x: dx.map((value, i) => value * xhat[i]!),
        },
      ).mean;
      const rstd = variance.map((v) => 1 / Math.sqrt(v + 1e-5));
      const bound =
        largest(rstd) ** 3 * 1e-5 * largest(inputs.gamma ?? [1]) * largest(inputs.dy) * (1 + largest(xhat));
      expectClose(
        products,
        products.map(() => 0),
        bound + allowed * (1 + largest(xhat)),
        'dx . xhat / m',
      );
    });

/** The same call gives the same bits, whatever ran in between: no state is left in scratch memory. */
export const repeatsExactly =
  (op: OperationName): Behaviour =>
  ({ draws }) =>
    forAll(
      trials(op, { affine: true }),
      draws,
      async (trial) => {
        const inputs = inputsOf(trial);
        const larger = { ...trial, operation: growBatch(trial.operation) };
        const once = {
          y: await forward(trial.operation, inputs),
          ...(await gradients(trial.operation, inputs)),
        };
        await gradients(larger.operation, inputsOf(larger));
        const again = {
          y: await forward(trial.operation, inputs),
          ...(await gradients(trial.operation, inputs)),
        };
        for (const [name, values] of Object.entries(once)) {
          expectSame(again[name as 'y' | 'dx']!, values, `${name} the second time`);
        }
      },
      20,
    );

const growBatch = (operation: Operation): Operation =>
  operation.shape.length === operation.normalizedShape?.length
    ? { ...operation, shape: [3, ...operation.shape] }
    : { ...operation, shape: [operation.shape[0]! + 2, ...operation.shape.slice(1)] };

/** No kernel writes to its inputs. */
export const inputsStayAsTheyWere =
  (op: OperationName): Behaviour =>
  ({ draws }) =>
    forAll(
      trials(op, { affine: true }),
      draws,
      async (trial) => {
        const inputs = inputsOf(trial);
        const tensors = toTensors(trial.operation, inputs);
        const dy = tf.tensor(inputs.dy, [...trial.operation.shape]);
        tf.dispose(gradientTensors(trial.operation, tensors, dy));
        const after = await take({ ...tensors, dy } as unknown as Record<string, tf.Tensor>);
        for (const [name, values] of Object.entries(after)) {
          expectSame(values, inputs[name as NumbersName]!, `${name} after the call`);
        }
      },
      20,
    );
