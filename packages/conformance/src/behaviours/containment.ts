/** NaN and infinity stay where they are: in a channel for batch norm, in a row or group for the others. */

import { expect } from 'vitest';
import type { Behaviour } from '../behaviour.js';
import { expectFinite, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import type { Inputs, Mask, Operation } from '../operation.js';
import { forward, gradients } from '../run.js';

/** Each operation with the element that is spoilt, and which elements of x and of gamma share its statistic. */
interface Setting {
  readonly operation: Operation;
  readonly mask?: Mask;
  readonly at: number;
  readonly sharesStatistic: (i: number) => boolean;
  /** Channels whose dGamma is a sum over spoilt elements. */
  readonly sharesChannel: (c: number) => boolean;
}

/** Sizes with vectors and tails on both sides of the spoilt element. */
const settings: Record<string, Setting> = {
  'batch norm, channels first': {
    operation: { op: 'batchNorm', shape: [3, 5, 7, 3] },
    at: 5 * 21 + 2 * 21 + 9,
    sharesStatistic: (i) => Math.floor(i / 21) % 5 === 2,
    sharesChannel: (c) => c === 2,
  },
  'batch norm, channels last': {
    operation: { op: 'batchNorm', shape: [3, 7, 3, 11], dataFormat: 'channelsLast' },
    at: 30 * 11 + 6,
    sharesStatistic: (i) => i % 11 === 6,
    sharesChannel: (c) => c === 6,
  },
  'batch norm with a mask that counts it': {
    operation: { op: 'batchNorm', shape: [3, 5, 7, 3] },
    mask: { shape: [3], dtype: 'float32', values: Float32Array.of(0, 0.5, 2) },
    at: 5 * 21 + 2 * 21 + 9,
    sharesStatistic: (i) => Math.floor(i / 21) % 5 === 2,
    sharesChannel: (c) => c === 2,
  },
  'group norm': {
    operation: { op: 'groupNorm', shape: [2, 6, 5, 3], numGroups: 3 },
    at: 90 + 30 + 8,
    sharesStatistic: (i) => Math.floor(i / 30) === 4,
    sharesChannel: (c) => c === 2 || c === 3,
  },
  'group norm, channels last': {
    operation: { op: 'groupNorm', shape: [2, 5, 3, 6], numGroups: 3, dataFormat: 'channelsLast' },
    at: 90 + 6 * 4 + 2,
    sharesStatistic: (i) => i >= 90 && Math.floor((i % 6) / 2) === 1,
    sharesChannel: (c) => c === 2 || c === 3,
  },
  'instance norm': {
    operation: { op: 'instanceNorm', shape: [3, 4, 5, 5] },
    at: 100 + 25 + 13,
    sharesStatistic: (i) => Math.floor(i / 25) === 5,
    sharesChannel: (c) => c === 1,
  },
  'layer norm': {
    operation: { op: 'layerNorm', shape: [5, 37], normalizedShape: [37] },
    at: 2 * 37 + 35,
    sharesStatistic: (i) => Math.floor(i / 37) === 2,
    sharesChannel: () => true,
  },
  'RMS norm': {
    operation: { op: 'rmsNorm', shape: [5, 37], normalizedShape: [37] },
    at: 2 * 37 + 35,
    sharesStatistic: (i) => Math.floor(i / 37) === 2,
    sharesChannel: () => true,
  },
};

const inputsOf = ({ operation, mask }: Setting): Inputs => ({
  ...drawInputs(operation, 5),
  ...(mask && { mask }),
});

const spoil = (values: Float32Array, at: number, value: number): Float32Array =>
  values.map((old, i) => (i === at ? value : old));

function expectContained(
  got: Float32Array,
  clean: Float32Array,
  shared: (i: number) => boolean,
  what: string,
): void {
  const others = (values: Float32Array) => values.filter((_, i) => !shared(i));
  expectFinite(others(clean), `${what} without the spoilt element`);
  expectSame(others(got), others(clean), `${what} elsewhere`);
}

/** Outputs and gradients when one element of x is `value`. */
const spoiltInput =
  (setting: Setting, value: number): Behaviour =>
  async () => {
    const { operation, at, sharesStatistic, sharesChannel } = setting;
    const inputs = inputsOf(setting);
    const spoilt: Inputs = { ...inputs, x: spoil(inputs.x, at, value) };
    const y = await forward(operation, spoilt);
    expectContained(y, await forward(operation, inputs), sharesStatistic, 'y');
    expect(y[at], 'y at the spoilt element').toBeNaN();
    const [got, clean] = [await gradients(operation, spoilt), await gradients(operation, inputs)];
    expectContained(got.dx, clean.dx, sharesStatistic, 'dx');
    expectContained(got.dGamma!, clean.dGamma!, sharesChannel, 'dGamma');
    if (got.dBeta) expectSame(got.dBeta, clean.dBeta!, 'dBeta');
  };

/** Gradients when one element of dy is NaN. */
const spoiltGradient =
  (setting: Setting): Behaviour =>
  async () => {
    const { operation, at, sharesStatistic, sharesChannel } = setting;
    const inputs = inputsOf(setting);
    const got = await gradients(operation, { ...inputs, dy: spoil(inputs.dy, at, Number.NaN) });
    const clean = await gradients(operation, inputs);
    expectContained(got.dx, clean.dx, sharesStatistic, 'dx');
    expect(got.dx[at], 'dx at the spoilt element').toBeNaN();
    expectContained(got.dGamma!, clean.dGamma!, sharesChannel, 'dGamma');
  };

/** One behaviour for each operation and kind of spoilt element. */
export const containment: Record<string, Behaviour> = Object.fromEntries(
  Object.entries(settings).flatMap(([name, setting]) => [
    [`${name}: NaN in x stays in its statistic`, spoiltInput(setting, Number.NaN)],
    [`${name}: infinity in x stays in its statistic`, spoiltInput(setting, Number.POSITIVE_INFINITY)],
    [`${name}: minus infinity in x stays in its statistic`, spoiltInput(setting, Number.NEGATIVE_INFINITY)],
    [`${name}: NaN in dy stays in its statistic`, spoiltGradient(setting)],
  ]),
);
