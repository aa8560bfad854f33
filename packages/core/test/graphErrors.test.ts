/** What batch normalization of graph models refuses. */
import { input, node } from '@bn/tooling/graphModels';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { registerGraphOps, unregisterGraphOps } from '../src/graph/index.js';
import { DtypeError, OptionError, ShapeError } from '../src/index.js';
import {
  type Attributes,
  inputs,
  load,
  loadNode,
  none,
  parameters,
  run,
  shape,
  training,
  useGraphOps,
} from './support/graphModels.js';
import { sample } from './support/tensors.js';

useGraphOps();

describe('a node is refused, by its name, with', () => {
  test.each<
    [string, Attributes, Record<string, number[]>, tf.Tensor, new (message: string) => Error, RegExp]
  >([
    [
      'an unknown data_format',
      { data_format: 'NCHW_VECT_C' },
      none,
      sample(shape),
      OptionError,
      /data_format must be NHWC.*NCHW_VECT_C/,
    ],
    [
      'channels that do not fit',
      { data_format: 'NCHW' },
      none,
      sample(shape),
      ShapeError,
      /scale must have shape \[2\], got \[3\]/,
    ],
    ['x of rank 3', {}, none, sample([2, 2, 3]), ShapeError, /rank 4 or 5, got shape \[2, 2, 3\]/],
    ['one value per channel', {}, none, sample([1, 1, 1, 3]), ShapeError, /more than one value per channel/],
    [
      'empty statistics in inference',
      { is_training: false },
      none,
      sample(shape),
      ShapeError,
      /mean and variance are empty, but is_training: false/,
    ],
    [
      'nothing to average with',
      { exponential_avg_factor: 0.5 },
      none,
      sample(shape),
      ShapeError,
      /mean and variance are empty, but exponential_avg_factor: 0.5/,
    ],
    [
      'a wrong number of statistics',
      { is_training: false },
      { mean: [1], variance: [1] },
      sample(shape),
      ShapeError,
      /mean must have shape \[3\], got \[1\]/,
    ],
    [
      'an attribute of another type',
      { is_training: 1 },
      none,
      sample(shape),
      OptionError,
      /is_training must be a boolean, got 1/,
    ],
    [
      'an epsilon of 0 in training',
      { epsilon: 0 },
      none,
      sample(shape),
      OptionError,
      /epsilon must be a positive/,
    ],
  ])('%s', async (_, attributes, weights, x, error, message) => {
    const model = await loadNode('FusedBatchNormV3', { ...training, ...attributes }, weights);
    const before = tf.memory().numTensors;
    expect(() => run(model, x)).toThrow(error);
    expect(() => run(model, x)).toThrow(message);
    expect(() => run(model, x)).toThrow(/^Graph node 'bn' \(FusedBatchNormV3\): /);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a node is refused with x of int32', async () => {
  const nodes = [input('x', 'DT_INT32'), node('bn', 'FusedBatchNormV3', inputs, training)];
  const model = await load(nodes, { ...parameters, ...none });
  const x = tf.cast(sample(shape), 'int32');
  expect(() => run(model, x)).toThrow(DtypeError);
  expect(() => run(model, x)).toThrow(/^Graph node 'bn' .*: x must have dtype float32, got int32/);
});

test.each([registerGraphOps, unregisterGraphOps])('%o wants tfjs', (register) => {
  expect(() => register(undefined as never)).toThrow(OptionError);
  expect(() => register({} as never)).toThrow(/import \* as tf from '@tensorflow\/tfjs'/);
});
