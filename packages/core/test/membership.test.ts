import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { currentGroup, groupBatchNorm, joinGroup, singleMember } from '../src/group/index.js';
import { batchNorm, OptionError, type Reducer, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { mirrored } from './support/reducers.js';
import { refusalOf } from './support/refusal.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));
afterEach(() => joinGroup(undefined));

const x = sample([4, 3, 2]);
const mask = tf.tensor1d([1, 0, 0.5, 2]);

describe('the group of a process', () => {
  test('is the one that was joined last, and none at first', () => {
    expect(currentGroup()).toBeUndefined();
    const [first, second] = [mirrored(2), mirrored(3)];
    joinGroup(first);
    joinGroup(second);
    expect(currentGroup()).toBe(second);
    joinGroup(undefined);
    expect(currentGroup()).toBeUndefined();
  });

  test('is a reducer', () => {
    const error = refusalOf(() => joinGroup({ rank: 0, size: 2 } as Reducer));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toContain('joinGroup: reducer must be a Reducer');
    expect(currentGroup()).toBeUndefined();
  });
});

test('a single member gathers its own values, and sums them', () => {
  const values = Float64Array.of(1, 2);
  singleMember.allReduceSum(values);
  expect(values).toEqual(Float64Array.of(1, 2));
  const [gathered, ...others] = singleMember.allGather(values);
  expect([gathered, others]).toEqual([values, []]);
  expect(gathered).not.toBe(values);
});

describe('groupBatchNorm', () => {
  test('gives what batchNorm gives, and the count over the group', () => {
    const result = groupBatchNorm(x, { reducer: mirrored(2) });
    const wanted = batchNorm(x, { reducer: mirrored(2) });
    expectClose(result.y, wanted.y, 1e-12);
    expectClose(result.mean, wanted.mean, 1e-12);
    expectClose(result.variance, wanted.variance, 1e-12);
    expect(result.count).toBe(16);
  });

  test('gives the weights of each channel that masks leave', () => {
    const { count } = groupBatchNorm(x, { reducer: mirrored(2), mask });
    expectClose(count as tf.Tensor, [14, 14, 14], 1e-12);
    expect(groupBatchNorm(x, { reducer: mirrored(2), mask: tf.ones([4]) }).count).toBe(16);
  });

  test('is that of one process in a group of one', () => {
    const result = groupBatchNorm(x, { reducer: singleMember });
    expectClose(result.variance, batchNorm(x).variance);
    expect(result.count).toBe(8);
  });

  test('leaves its results', () => {
    expect(tensorsAddedBy(() => groupBatchNorm(x, { reducer: mirrored(2) }))).toBe(3);
    expect(tensorsAddedBy(() => groupBatchNorm(x, { reducer: mirrored(2), mask }))).toBe(4);
  });

  test('needs a reducer', () => {
    expect(refusalOf(() => groupBatchNorm(x, {}))).toBeInstanceOf(OptionError);
  });
});
