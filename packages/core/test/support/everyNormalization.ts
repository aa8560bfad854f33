/** Every normalization as a function and as a layer. The tests of errors, memory and empty batches go through these lists. */
import * as tf from '@tensorflow/tfjs-core';
import {
  BatchNorm,
  type BatchNormResult,
  batchNorm,
  batchNormInference,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  LayerNorm,
  layerNorm,
  type Normalization,
  RMSNorm,
  rmsNorm,
} from '../../src/index.js';
import './genericBackend.js';

/** Whether gamma and beta have one value per channel, or one per element of the trailing axes. */
type Over = 'channels' | 'trailingAxes';

export interface FunctionUnderTest {
  readonly name: string;
  readonly over: Over;
  /** The names of its parameters. */
  readonly parameters: readonly string[];
  /** Calls it for 4 channels, or a trailing axis of 4. `options` may be anything, and replace those that it needs. */
  readonly call: (x: tf.Tensor, options?: object) => tf.Tensor | BatchNormResult<tf.Tensor>;
}

export interface LayerUnderTest {
  readonly name: string;
  readonly over: Over;
  /** Makes one for 4 channels, or a trailing axis of 4. `options` may be anything, and replace those that it needs. */
  readonly make: (options?: object) => Normalization;
}

// biome-ignore lint/suspicious/noExplicitAny: the point of many tests is what the types forbid
export const untyped = (options: object = {}): any => options;

const affine = ['gamma', 'beta'];
const statistics = { mean: tf.zeros([4]), variance: tf.ones([4]) };

export const functions: readonly FunctionUnderTest[] = [
  {
    name: 'batchNorm',
    over: 'channels',
    parameters: affine,
    call: (x, options) => batchNorm(x, untyped(options)),
  },
  {
    name: 'batchNormInference',
    over: 'channels',
    parameters: [...affine, 'mean', 'variance'],
    call: (x, options) => batchNormInference(x, { ...statistics, ...untyped(options) }),
  },
  {
    name: 'groupNorm',
    over: 'channels',
    parameters: affine,
    call: (x, options) => groupNorm(x, { numGroups: 2, ...untyped(options) }),
  },
  {
    name: 'instanceNorm',
    over: 'channels',
    parameters: affine,
    call: (x, options) => instanceNorm(x, untyped(options)),
  },
  {
    name: 'layerNorm',
    over: 'trailingAxes',
    parameters: affine,
    call: (x, options) => layerNorm(x, { normalizedShape: 4, ...untyped(options) }),
  },
  {
    name: 'rmsNorm',
    over: 'trailingAxes',
    parameters: ['gamma'],
    call: (x, options) => rmsNorm(x, { normalizedShape: 4, ...untyped(options) }),
  },
];

export const layers: readonly LayerUnderTest[] = [
  {
    name: 'BatchNorm',
    over: 'channels',
    make: (options) => new BatchNorm({ numFeatures: 4, ...untyped(options) }),
  },
  {
    name: 'GroupNorm',
    over: 'channels',
    make: (options) => new GroupNorm({ numGroups: 2, numChannels: 4, ...untyped(options) }),
  },
  {
    name: 'InstanceNorm',
    over: 'channels',
    make: (options) => new InstanceNorm({ numFeatures: 4, ...untyped(options) }),
  },
  {
    name: 'LayerNorm',
    over: 'trailingAxes',
    make: (options) => new LayerNorm({ normalizedShape: 4, ...untyped(options) }),
  },
  {
    name: 'RMSNorm',
    over: 'trailingAxes',
    make: (options) => new RMSNorm({ normalizedShape: 4, ...untyped(options) }),
  },
];

export const overChannels = ({ over }: { readonly over: Over }): boolean => over === 'channels';
export const overTrailingAxes = ({ over }: { readonly over: Over }): boolean => over === 'trailingAxes';
