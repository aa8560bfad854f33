/** Normalization adapts to datasets of tf.data only if their batches are tensors that hold what their shape says. */
import '@bn/cpu-ref';
import { ShapeError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Normalization } from '../src/index.js';
import { valuesOf } from './support/normalizationValues.js';

beforeEach(() => useBackend('cpu'));
afterEach(() => tf.disposeVariables());

const { zip } = tf.data;
const array = (values: unknown[]) => tf.data.array(values as number[]);
const two = () => tf.data.array([1, 3]).map((first) => [first, first + 1] as never);
const labels = () => array([0, 1]);
const tensors = () => two().map((row) => tf.tensor(row as unknown as number[]));
const asXs = (xs: unknown) => ({ xs, ys: 0 }) as never;

it.each([
  ['rows with labels in a list', () => zip([two(), labels()]).batch(2), 'of 2 elements'],
  [
    'rows with shorter ones in a list',
    () => zip([two(), array([[0], [1]])]).batch(2),
    'zip them as { xs, ys }',
  ],
  ['rows of different lengths', () => array([[1, 2], [3]]).batch(2), 'should have 2 elements'],
  ['rows that become longer', () => array([[1], [2, 3]]).batch(2), 'should have 1 elements'],
  ['rows and numbers', () => array([[1], 2]).batch(2), 'is a primitive'],
  [
    'rows with lists among numbers',
    () =>
      array([
        [1, 2],
        [[3], 4],
      ]).batch(2),
    'is an array',
  ],
  [
    'such rows as xs',
    () =>
      array([[1], [2, 3]])
        .map(asXs)
        .batch(2),
    'should have 1 elements',
  ],
  ['tensors with labels in a list', () => zip([tensors(), labels()]).batch(2), 'holds 2 values, not 4'],
  ['rows and labels that are not batched', () => zip([two(), labels()]), 'rows of one length'],
  ['several inputs by name', () => zip({ a: two(), b: two() }).batch(2), 'got a batch of object'],
])('adapt refuses a dataset of %s, and keeps what it had', async (_, make, message) => {
  const layer = new Normalization();
  await layer.adapt([[2, 3]]);
  const before = tf.memory().numTensors;
  const adapted = layer.adapt(make() as never);
  await expect(adapted).rejects.toThrow(`Normalization '${layer.name}': adapt`);
  await expect(adapted).rejects.toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
  layer.apply(tf.ones([1, 2]));
  expect(layer.getWeights().map(valuesOf)[0]).toEqual([2, 3]);
});

it('takes rows that are zipped as xs with their labels', async () => {
  const layer = new Normalization();
  await layer.adapt(zip({ xs: two(), ys: labels() }).batch(2));
  layer.apply(tf.ones([1, 2]));
  expect(layer.getWeights().map(valuesOf)).toEqual([[2, 3], [1, 1], [2]]);
});

it('leaves the checks of tfjs as they were, also if datasets are read at once', async () => {
  const ragged = array([[1, 2], [3]]).batch(2);
  const adapted = [two().batch(1), ragged, two().batch(2)].map((data) => new Normalization().adapt(data));
  await Promise.allSettled(adapted);
  expect(tf.env().getBool('TENSORLIKE_CHECK_SHAPE_CONSISTENCY')).toBe(false);
  await expect(adapted[1]).rejects.toThrow(ShapeError);
});
