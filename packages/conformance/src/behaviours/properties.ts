/** Identities between operations, and invariances of each: nothing here needs a truth to compare with. */
import * as tf from '@tensorflow/tfjs-core';
import { allowanceFor } from '../allowance.js';
import { forAll, inputsOf, type Trial, trials } from '../arbitraries.js';
import type { Behaviour, Context } from '../behaviour.js';
import { expectClose, expectSame, largest } from '../compare.js';
import {
  channelAxis,
  channelCount,
  type Inputs,
  type Operation,
  type OperationName,
  sizeOf,
  toTensors,
} from '../operations.js';
import { referenceForward } from '../reference.js';
import { forward, gradients, gradientTensors, take } from '../run.js';

/** Both operations give the same y and dx on the same inputs, to rounding. */
async function expectEqualOperations(
  first: Operation,
  second: Operation,
  inputs: Inputs,
  { tolerance }: Context,
): Promise<void> {
  const allowed = allowanceFor(first, inputs, tolerance);
  expectClose(await forward(second, inputs), await forward(first, inputs), allowed.y, 'y');
  expectClose((await gradients(second, inputs)).dx, (await gradients(first, inputs)).dx, allowed.dx, 'dx');
}

export const groupNormOfOneGroupIsLayerNorm: Behaviour = (context) =>
  forAll(trials('groupNorm', { affine: false }), context.seed, async (trial) => {
    const group: Operation = { ...trial.operation, numGroups: 1 };
    const layer: Operation = {
      op: 'layerNorm',
      shape: group.shape,
      normalizedShape: group.shape.slice(1),
      affine: false,
    };
    await expectEqualOperations(group, layer, inputsOf(trial), context);
  });

export const instanceNormIsGroupNormOfEachChannel: Behaviour = (context) =>
  forAll(trials('instanceNorm'), context.seed, async (trial) => {
    const { operation } = trial;
    const group: Operation = { ...operation, op: 'groupNorm', numGroups: channelCount(operation) };
    await expectEqualOperations(operation, group, inputsOf(trial), context);
  });

export const batchNormOfOneSampleIsInstanceNorm: Behaviour = (context) =>
  forAll(trials('instanceNorm'), context.seed, async (trial) => {
    // A channel of one position has no batch norm; a second row of positions gives it one.
    const shape = [1, ...trial.operation.shape.slice(1)];
    const axis = channelAxis(trial.operation);
    shape.splice(axis === 1 ? 2 : 1, 0, 2);
    if (shape.length > 5) shape.splice(axis === 1 ? 3 : 2, 1);
    const operation = { ...trial.operation, shape };
    await expectEqualOperations(
      operation,
      { ...operation, op: 'batchNorm' },
      inputsOf({ ...trial, operation }),
      context,
    );
  });

/** The values with the channel axis moved to the end. */
function toChannelsLast(values: Float32Array, shape: readonly number[]): Float32Array {
  const channels = shape[1]!;
  const positions = sizeOf(shape.slice(2));
  return Float32Array.from(values, (_, i) => {
    const c = i % channels;
    const position = Math.floor(i / channels) % positions;
    const n = Math.floor(i / (channels * positions));
    return values[(n * channels + c) * positions + position]!;
  });
}

export const channelsLastIsChannelsFirstTransposed =
  (op: OperationName): Behaviour =>
  (context) =>
    forAll(trials(op), context.seed, async (trial) => {
      const { operation } = trial;
      const channels = channelCount(operation);
      const positions = operation.shape.filter((_, axis) => axis !== 0 && axis !== channelAxis(operation));
      const shape = [operation.shape[0]!, channels, ...positions];
      const first: Operation = { ...operation, dataFormat: 'channelsFirst', shape };
      const last: Operation = {
        ...operation,
        dataFormat: 'channelsLast',
        shape: [shape[0]!, ...positions, channels],
      };
      const inputs = inputsOf({ ...trial, operation: first });
      const move = (values: Float32Array) => toChannelsLast(values, shape);
      const moved = { ...inputs, x: move(inputs.x), dy: move(inputs.dy) };
      const allowed = allowanceFor(first, inputs, context.tolerance);
      expectClose(await forward(last, moved), move(await forward(first, inputs)), allowed.y, 'y');
      const [got, wanted] = [await gradients(last, moved), await gradients(first, inputs)];
      expectClose(got.dx, move(wanted.dx), allowed.dx, 'dx');
      if (got.dGamma) expectClose(got.dGamma, wanted.dGamma!, allowed.dGamma, 'dGamma');
      if (got.dBeta) expectClose(got.dBeta, wanted.dBeta!, allowed.dBeta, 'dBeta');
    });

/** y has mean 0 and variance v / (v + epsilon) over each statistic. */
export const outputMoments =
  (op: OperationName): Behaviour =>
  ({ seed, tolerance }) =>
    forAll(trials(op, { affine: false }), seed, async (trial) => {
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

export const affineIdentity =
  (op: OperationName): Behaviour =>
  ({ seed, tolerance }) =>
    forAll(trials(op, { affine: true }), seed, async (trial) => {
      const { operation } = trial;
      const { gamma, beta, ...plain } = inputsOf(trial);
      const normalized = await forward({ ...operation, affine: false }, plain);
      const channel = channelIndex(operation);
      const wanted = normalized.map((value, i) => value * gamma![channel(i)]! + (beta?.[channel(i)] ?? 0));
      const allowed = allowanceFor(operation, inputsOf(trial), tolerance);
      const parameters = { gamma: gamma!, ...(beta && { beta }) };
      expectClose(await forward(operation, { ...plain, ...parameters }), wanted, allowed.y, 'y');
    });

/** Channel (or position in the row) of an element. */
function channelIndex(operation: Operation): (i: number) => number {
  const channels = channelCount(operation);
  const { op, shape } = operation;
  const trailing = op === 'layerNorm' || op === 'rmsNorm';
  const stride = trailing ? 1 : sizeOf(shape.slice(channelAxis(operation) + 1));
  return (i) => Math.floor(i / stride) % channels;
}

/** With epsilon scaled along, scaling x by a power of two changes no bit of y, and shifting it only rounding. */
export const scaleInvariance =
  (op: OperationName): Behaviour =>
  ({ seed, tolerance }) =>
    forAll(trials(op, { affine: false }), seed, async (trial) => {
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
  ({ seed, tolerance }) =>
    forAll(
      trials(op, { affine: false }).filter(({ operation: { shape, normalizedShape } }) =>
        normalizedShape ? shape.length > normalizedShape.length : true,
      ),
      seed,
      async (trial: Trial) => {
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
  ({ seed, tolerance }) =>
    forAll(trials(op, { maxExponent: 0, maxOffset: 10 }), seed, async (trial) => {
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
  ({ seed }) =>
    forAll(
      trials(op, { affine: true }),
      seed,
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
  ({ seed }) =>
    forAll(
      trials(op, { affine: true }),
      seed,
      async (trial) => {
        const inputs = inputsOf(trial);
        const tensors = toTensors(trial.operation, inputs);
        const dy = tf.tensor(inputs.dy, [...trial.operation.shape]);
        tf.dispose(gradientTensors(trial.operation, tensors, dy));
        const after = await take({ ...tensors, dy } as unknown as Record<string, tf.Tensor>);
        for (const [name, values] of Object.entries(after)) {
          expectSame(values, inputs[name as keyof Inputs]!, `${name} after the call`);
        }
      },
      20,
    );
