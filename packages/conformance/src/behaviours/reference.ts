/** Agreement with the float64 reference on drawn shapes, offsets and scales. */
import { moments } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { allowanceFor } from '../allowance.js';
import { type Bounds, forAll, inputsOf, trials } from '../arbitraries.js';
import type { Behaviour } from '../behaviour.js';
import { expectClose } from '../compare.js';
import { momentsOptions, type OperationName } from '../operation.js';
import { referenceForward, referenceGradients } from '../reference.js';
import { forward, gradients, take } from '../run.js';

/** y of an operation. */
export const forwardAgrees =
  (op: OperationName, bounds?: Bounds): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, bounds), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const allowed = allowanceFor(operation, inputs, tolerance);
      expectClose(await forward(operation, inputs), referenceForward(operation, inputs).y, allowed.y, 'y');
    });

/** dx, dGamma and dBeta of an operation. */
export const gradientsAgree =
  (op: OperationName, bounds?: Bounds): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, bounds), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const allowed = allowanceFor(operation, inputs, tolerance);
      const truth = referenceGradients(operation, inputs);
      const { dx, dGamma, dBeta } = await gradients(operation, inputs);
      expectClose(dx, truth.dx, allowed.dx, 'dx');
      if (dGamma) expectClose(dGamma, truth.dGamma, allowed.dGamma, 'dGamma');
      if (dBeta) expectClose(dBeta, truth.dBeta, allowed.dBeta, 'dBeta');
    });

/** The statistics of an operation, from `moments`. */
export const momentsAgree =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op), draws, async (trial) => {
      const { operation } = trial;
      const inputs = inputsOf(trial);
      const allowed = allowanceFor(operation, inputs, tolerance);
      const truth = referenceForward(operation, inputs);
      const x = tf.tensor(inputs.x, [...operation.shape]);
      const result = moments(x, momentsOptions(operation));
      x.dispose();
      const { mean, variance } = await take({ mean: result.mean, variance: result.variance });
      expectClose(mean, truth.mean, allowed.mean, 'mean');
      expectClose(variance, truth.variance, allowed.variance, 'variance');
    });
