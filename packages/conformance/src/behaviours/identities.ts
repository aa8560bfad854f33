/** Identities between operations: nothing here needs a truth to compare with. */
import { allowanceFor } from '../allowance.js';
import { forAll, inputsOf, trials } from '../arbitraries.js';
import type { Behaviour, Context } from '../behaviour.js';
import { expectClose } from '../compare.js';
import {
  channelAxis,
  channelCount,
  type Inputs,
  type Operation,
  type OperationName,
  overTrailingAxes,
  sizeOf,
} from '../operation.js';
import { forward, gradients } from '../run.js';

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
  forAll(trials('groupNorm', { affine: false }), context.draws, async (trial) => {
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
  forAll(trials('instanceNorm'), context.draws, async (trial) => {
    const { operation } = trial;
    const group: Operation = { ...operation, op: 'groupNorm', numGroups: channelCount(operation) };
    await expectEqualOperations(operation, group, inputsOf(trial), context);
  });

/** Where a channel has two positions or more: batch norm refuses to take a variance over one value. */
export const batchNormOfOneSampleIsInstanceNorm: Behaviour = (context) =>
  forAll(
    trials('instanceNorm').filter(
      ({ operation }) => sizeOf(operation.shape) > operation.shape[0]! * channelCount(operation),
    ),
    context.draws,
    async (trial) => {
      const operation = { ...trial.operation, shape: [1, ...trial.operation.shape.slice(1)] };
      const batch: Operation = { ...operation, op: 'batchNorm' };
      await expectEqualOperations(operation, batch, inputsOf({ ...trial, operation }), context);
    },
  );

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
    forAll(trials(op), context.draws, async (trial) => {
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

export const affineIdentity =
  (op: OperationName): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(trials(op, { affine: true }), draws, async (trial) => {
      const { operation } = trial;
      const { gamma, beta, ...plain } = inputsOf(trial);
      const normalized = await forward({ ...operation, affine: false }, plain);
      const channel = channelIndex(operation);
      const wanted = normalized.map((value, i) => value * gamma![channel(i)]! + (beta?.[channel(i)] ?? 0));
      const allowed = allowanceFor(operation, inputsOf(trial), tolerance);
      const parameters = { gamma: gamma!, ...(beta && { beta }) };
      expectClose(await forward(operation, { ...plain, ...parameters }), wanted, allowed.y, 'y');
    });

/** Channel (layerNorm, rmsNorm: position in the row) of an element. */
function channelIndex(operation: Operation): (i: number) => number {
  const channels = channelCount(operation);
  const stride = overTrailingAxes(operation) ? 1 : sizeOf(operation.shape.slice(channelAxis(operation) + 1));
  return (i) => Math.floor(i / stride) % channels;
}
