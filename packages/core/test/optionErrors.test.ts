import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  d2lBatchNorm,
  kerasBatchNorm,
  moments,
  OptionError,
  registerBackend,
  torchBatchNorm,
} from '../src/index.js';
import {
  type FunctionUnderTest,
  functions,
  type LayerUnderTest,
  layers,
  overChannels,
  overTrailingAxes,
  untyped,
} from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeAll(() => registerBackend(genericBackend));

/** A call with options of any kind, as JavaScript may make it, by the name that its errors carry. */
type Call = [name: string, call: (options: object) => unknown];

const x = tf.zeros([3, 4]);
const callOf = ({ name, call }: FunctionUnderTest): Call => [name, (options) => call(x, options)];
const layerCallOf = ({ name, make }: LayerUnderTest): Call => [name, make];

const batchNormLayers: Call[] = [
  layerCallOf(layers[0]!),
  ['kerasBatchNorm', (options) => kerasBatchNorm({ numFeatures: 4, ...untyped(options) })],
  ['torchBatchNorm', (options) => torchBatchNorm({ numFeatures: 4, ...untyped(options) })],
  ['d2lBatchNorm', (options) => d2lBatchNorm({ numFeatures: 4, numDims: 2, ...untyped(options) })],
];
const momentsCall: Call = ['moments', (options) => moments(x, untyped(options))];
const batchNormLayer = batchNormLayers[0]!;
const layerCalls = layers.map(layerCallOf);
const functionCalls = functions.map(callOf);
const channelCalls = [
  ...layers.filter(overChannels).map(layerCallOf),
  ...functions.filter(overChannels).map(callOf),
];
const trailingCalls = [
  ...layers.filter(overTrailingAxes).map(layerCallOf),
  ...functions.filter(overTrailingAxes).map(callOf),
];

const messageOf = (call: Call[1], options: object) => refusalOf(() => call(options)).message;

describe.each([...layerCalls, ...functionCalls])('%s', (name, call) => {
  const allowsZero = name === 'batchNormInference';
  const wanted = allowsZero ? 'a finite number, positive or 0' : 'a positive finite number';

  test.each<[epsilon: unknown, shown: string]>([
    ...(allowsZero ? [] : ([[0, '0']] as [number, string][])),
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['1e-5', "'1e-5'"],
    [null, 'null'],
  ])('refuses epsilon %s', (epsilon, shown) => {
    expect(messageOf(call, { epsilon })).toBe(`${name}: epsilon must be ${wanted}, got ${shown}`);
  });
});

describe.each([...batchNormLayers, ...layerCalls.slice(1), ...functionCalls, momentsCall])(
  '%s',
  (name, call) => {
    test('refuses an option that it does not know', () => {
      expect(messageOf(call, { eps: 1e-3 })).toMatch(
        new RegExp(`^${name}: unknown option 'eps'; the options are .*(epsilon|normalizedShape)`),
      );
    });
  },
);

describe.each([...channelCalls, momentsCall])('%s', (name, call) => {
  test.each(['NHWC', '', null])('accepts no dataFormat but the two: %j', (dataFormat) => {
    const shown = dataFormat === null ? 'null' : `'${dataFormat}'`;
    expect(messageOf(call, { dataFormat })).toBe(
      `${name}: dataFormat must be 'channelsFirst' or 'channelsLast', got ${shown}`,
    );
  });
});

describe.each(layerCalls)('%s', (name, call) => {
  test('refuses an affine that is no boolean', () => {
    expect(messageOf(call, { affine: 'no' })).toBe(`${name}: affine must be true or false, got 'no'`);
  });
});

const newValue = 'the weight the new value gets';
const oldValue = 'the weight the old value keeps';

describe.each([
  ['BatchNorm', batchNormLayers[0]!, oldValue],
  ['kerasBatchNorm', batchNormLayers[1]!, oldValue],
  ['torchBatchNorm', batchNormLayers[2]!, newValue],
] as const)('%s', (_, [name, call], meaning) => {
  test.each([
    [-0.1, '-0.1'],
    [1.1, '1.1'],
    [Number.NaN, 'NaN'],
    ['0.9', "'0.9'"],
  ])('refuses momentum %s and says whose weight it is', (momentum, shown) => {
    const who = name === 'kerasBatchNorm' ? 'BatchNorm' : name;
    expect(messageOf(call, { momentum })).toBe(
      `${who}: momentum must be in [0, 1] (${meaning}) or null (cumulative average), got ${shown}`,
    );
  });
});

const named = (wanted: string): Call[1] =>
  [...layerCalls, ...functionCalls, momentsCall].find(([name]) => name === wanted)![1];

describe.each([
  ['BatchNorm', 'numFeatures'],
  ['InstanceNorm', 'numFeatures'],
  ['GroupNorm', 'numGroups'],
  ['GroupNorm', 'numChannels'],
  ['groupNorm', 'numGroups'],
  ['moments', 'numGroups'],
])('%s', (name, option) => {
  const call = named(name);
  test.each([
    [0, '0'],
    [-4, '-4'],
    [2.5, '2.5'],
    [Number.NaN, 'NaN'],
    ['4', "'4'"],
    [null, 'null'],
  ])(`refuses ${option} %s`, (value, shown) => {
    expect(messageOf(call, { [option]: value })).toBe(
      `${name}: ${option} must be a positive integer, got ${shown}`,
    );
  });
});

describe.each(['GroupNorm', 'groupNorm', 'moments'])('%s', (name) => {
  const call = named(name);
  test.each([3, 8])('refuses 4 channels in %i groups', (numGroups) => {
    expect(messageOf(call, { numGroups })).toBe(
      `${name}: the number of channels must be divisible by numGroups, ` +
        `got 4 channels and numGroups ${numGroups}`,
    );
  });
});

describe.each([...trailingCalls, momentsCall])('%s', (name, call) => {
  test.each([
    [0, '0'],
    ['4', "'4'"],
    [[], '[]'],
    [[4, 0], '[4, 0]'],
    [[2.5], '[2.5]'],
    [null, 'null'],
  ])('refuses normalizedShape %j', (normalizedShape, shown) => {
    expect(messageOf(call, { normalizedShape })).toBe(
      `${name}: normalizedShape must be a positive integer or a non-empty list of them, got ${shown}`,
    );
  });
});

test('moments refuses numGroups beside normalizedShape', () => {
  expect(messageOf(momentsCall[1], { numGroups: 2, normalizedShape: 4 })).toBe(
    'moments: numGroups and normalizedShape exclude each other, got both',
  );
});

test.each([
  ['trackRunningStats', 1, 'BatchNorm: trackRunningStats must be true or false, got 1'],
  ['varianceEstimate', 'sample', "BatchNorm: varianceEstimate must be 'unbiased' or 'biased', got 'sample'"],
  ['rank', 6, 'BatchNorm: rank must be 2, 3, 4 or 5, got 6'],
])('BatchNorm refuses a bad %s', (option, value, message) => {
  expect(messageOf(batchNormLayer[1], { [option]: value })).toBe(message);
});

test.each([undefined, null, 4])('BatchNorm refuses %s in place of its options', (options) => {
  expect(refusalOf(() => new BatchNorm(options as never)).message).toBe(
    `BatchNorm: options must be an object, got ${options}`,
  );
});

test('a refused option is an OptionError with the code BN_OPTION', () => {
  const error = refusalOf(() => batchNorm(x, { epsilon: 0 }));
  expect([error instanceof OptionError, error.code]).toEqual([true, 'BN_OPTION']);
});

test('the option keys that are undefined count as left out', () => {
  const leftOut = { epsilon: undefined, momentum: undefined, affine: undefined, dataFormat: undefined };
  expect(new BatchNorm({ numFeatures: 4, ...leftOut }).trainableWeights.length).toBe(2);
});
