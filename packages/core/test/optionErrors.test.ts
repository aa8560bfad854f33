import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  batchNormInference,
  d2lBatchNorm,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  kerasBatchNorm,
  LayerNorm,
  layerNorm,
  moments,
  OptionError,
  RMSNorm,
  registerBackend,
  rmsNorm,
  torchBatchNorm,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeAll(() => registerBackend(genericBackend));

/** A call with options of any kind, as JavaScript may make it, by the name that its errors carry. */
type Call = [name: string, call: (options: object) => unknown];

const x = tf.zeros([3, 4]);
const statistics = { mean: tf.zeros([4]), variance: tf.ones([4]) };
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests is what the types forbid
const untyped = (options: object): any => options;

const batchNormLayers: Call[] = [
  ['BatchNorm', (options) => new BatchNorm({ numFeatures: 4, ...untyped(options) })],
  ['kerasBatchNorm', (options) => kerasBatchNorm({ numFeatures: 4, ...untyped(options) })],
  ['torchBatchNorm', (options) => torchBatchNorm({ numFeatures: 4, ...untyped(options) })],
  ['d2lBatchNorm', (options) => d2lBatchNorm({ numFeatures: 4, numDims: 2, ...untyped(options) })],
];
const otherLayers: Call[] = [
  ['GroupNorm', (options) => new GroupNorm({ numGroups: 2, numChannels: 4, ...untyped(options) })],
  ['InstanceNorm', (options) => new InstanceNorm({ numFeatures: 4, ...untyped(options) })],
  ['LayerNorm', (options) => new LayerNorm({ normalizedShape: 4, ...untyped(options) })],
  ['RMSNorm', (options) => new RMSNorm({ normalizedShape: 4, ...untyped(options) })],
];
const channelFunctions: Call[] = [
  ['batchNorm', (options) => batchNorm(x, untyped(options))],
  ['batchNormInference', (options) => batchNormInference(x, { ...statistics, ...untyped(options) })],
  ['groupNorm', (options) => groupNorm(x, { numGroups: 2, ...untyped(options) })],
  ['instanceNorm', (options) => instanceNorm(x, untyped(options))],
];
const trailingFunctions: Call[] = [
  ['layerNorm', (options) => layerNorm(x, { normalizedShape: 4, ...untyped(options) })],
  ['rmsNorm', (options) => rmsNorm(x, { normalizedShape: 4, ...untyped(options) })],
];
const momentsCall: Call = ['moments', (options) => moments(x, untyped(options))];
const batchNormLayer = batchNormLayers[0]!;
const layers: Call[] = [batchNormLayer, ...otherLayers];
const functions: Call[] = [...channelFunctions, ...trailingFunctions];

const messageOf = (call: Call[1], options: object) => refusalOf(() => call(options)).message;

describe.each([...layers, ...functions])('%s', (name, call) => {
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

describe.each([...batchNormLayers, ...otherLayers, ...functions, momentsCall])('%s', (name, call) => {
  test('refuses an option that it does not know', () => {
    expect(messageOf(call, { eps: 1e-3 })).toMatch(
      new RegExp(`^${name}: unknown option 'eps'; the options are .*(epsilon|normalizedShape)`),
    );
  });
});

describe.each([batchNormLayer, ...otherLayers.slice(0, 2), ...channelFunctions, momentsCall])(
  '%s',
  (name, call) => {
    test.each(['NHWC', '', null])('accepts no dataFormat but the two: %j', (dataFormat) => {
      const shown = dataFormat === null ? 'null' : `'${dataFormat}'`;
      expect(messageOf(call, { dataFormat })).toBe(
        `${name}: dataFormat must be 'channelsFirst' or 'channelsLast', got ${shown}`,
      );
    });
  },
);

describe.each(layers)('%s', (name, call) => {
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

const positiveIntegers: [string, string, Call[1]][] = [
  ['BatchNorm', 'numFeatures', batchNormLayer[1]],
  ['InstanceNorm', 'numFeatures', otherLayers[1]![1]],
  ['GroupNorm', 'numGroups', otherLayers[0]![1]],
  ['GroupNorm', 'numChannels', otherLayers[0]![1]],
  ['groupNorm', 'numGroups', channelFunctions[2]![1]],
  ['moments', 'numGroups', momentsCall[1]],
];

describe.each(positiveIntegers)('%s', (name, option, call) => {
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

describe.each([
  ['GroupNorm', (options: object) => new GroupNorm({ numChannels: 4, ...untyped(options) })],
  ['groupNorm', (options: object) => groupNorm(x, untyped(options))],
  ['moments', (options: object) => moments(x, untyped(options))],
])('%s', (name, call) => {
  test.each([3, 8])('refuses 4 channels in %i groups', (numGroups) => {
    expect(messageOf(call, { numGroups })).toBe(
      `${name}: the number of channels must be divisible by numGroups, ` +
        `got 4 channels and numGroups ${numGroups}`,
    );
  });
});

describe.each([...otherLayers.slice(2), ...trailingFunctions, momentsCall])('%s', (name, call) => {
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
