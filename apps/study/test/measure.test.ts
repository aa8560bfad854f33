/** Measurements against closed forms. */

import { randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { firstBatch } from '../src/data/batches.js';
import { driftBetween } from '../src/experiments/activations.js';
import { verdictOf } from '../src/experiments/experiment.js';
import { largestDescent } from '../src/experiments/relativeLoss.js';
import { networkFor } from '../src/experiments/trainedRun.js';
import { columnOf, people } from '../src/experiments/zscore.js';
import { activationsAt, channelMoments } from '../src/measure/activations.js';
import { filterGradientSums, sumsOf } from '../src/measure/filterGradients.js';
import { gradientAt, lossAt } from '../src/measure/gradient.js';
import { lossesBetween } from '../src/measure/landscape.js';
import { atStep, snapshot } from '../src/measure/stepAlong.js';
import { cosine, deviation, distance, mean, quantiles } from '../src/measure/vectors.js';
import { createNetwork } from '../src/models/create.js';
import { LpNorm } from '../src/models/lpNorm.js';
import { layerOf, trainableOf } from '../src/models/network.js';
import { drawNoise } from '../src/models/noisyBatchNorm.js';
import { contextOf, smallData } from './support.js';

beforeAll(() => startBackend('wasm'));

test('vectors', () => {
  expect(distance([[3], [0, 0]], [[0], [0, 4]])).toBe(5);
  expect(cosine([[1, 0]], [[1, 1]])).toBeCloseTo(Math.SQRT1_2, 12);
  expect([mean([1, 2, 6]), deviation([1, 3])]).toEqual([3, 1]);
  expect(quantiles(Float32Array.of(5, 1, 4, 2, 3), [0, 0.5, 1])).toEqual([1, 3, 5]);
});

test('heights of ten people have mean 161.1', () => {
  const { mean: center, zScores, minMax } = columnOf(people.map(([height]) => height));
  expect(center).toBeCloseTo(161.1, 10);
  expect(mean(zScores)).toBeCloseTo(0, 12);
  expect(deviation(zScores)).toBeCloseTo(1, 6);
  expect([minMax[1], minMax[5]]).toEqual([0, 1]);
});

test('a step along the gradient puts the weights back, bit for bit, and leaves nothing', async () => {
  const context = contextOf(await smallData());
  const network = networkFor(context, { norm: 'batch' });
  const batch = firstBatch(context.data.train, 32);
  const variables = trainableOf(network);
  const { loss, gradients } = await gradientAt(network, batch, variables);
  const values = async () => Promise.all(variables.map(async (v) => [...(await v.data())]));
  const before = await values();
  const tensors = tf.memory().numTensors;
  const there = await atStep(variables, gradients, 0.01, () => lossAt(network, batch));
  expect(there).toBeLessThan(loss);
  expect(await values()).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('gradients are the differences of the loss', async () => {
  const context = contextOf(await smallData());
  const network = networkFor(context, { norm: 'layer' });
  const batch = firstBatch(context.data.train, 16);
  const variables = trainableOf(network);
  const { gradients } = await gradientAt(network, batch, variables);
  const size = 1e-2;
  const up = await atStep(variables, gradients, -size, () => lossAt(network, batch));
  const down = await atStep(variables, gradients, size, () => lossAt(network, batch));
  const square = gradients.reduce((sum, g) => sum + g.reduce((part, v) => part + v * v, 0), 0);
  expect((up - down) / (2 * size) / square).toBeCloseTo(1, 1);
});

test('the total of the filter sums is the mean absolute gradient of the filter', async () => {
  const context = contextOf(await smallData());
  const network = networkFor(context, { model: { name: 'resnet', depth: 8, width: 2 }, norm: 'batch' });
  const batch = firstBatch(context.data.train, 8);
  const name = 'layer1.0.conv2';
  const { gradients } = await gradientAt(network, batch, [layerOf(network, name).weight]);
  const sums = await filterGradientSums(network, batch, name);
  expect(sums.total / mean(gradients[0]!.map(Math.abs))).toBeCloseTo(1, 4);
  expect(sums.absolute).toBeGreaterThanOrEqual(Math.max(sums.perImage, sums.perPosition));
  expect(Math.min(sums.perImage, sums.perPosition)).toBeGreaterThanOrEqual(sums.total);
});

test('filter sums of one pixel and two images that cancel', () => {
  const sums = sumsOf({ shape: [2, 1, 1, 1], values: [1, 2] }, { shape: [2, 1, 1, 1], values: [4, -2] });
  // Only the middle of the filter meets the pixel: 4 and -4.
  expect(sums).toEqual({ absolute: 8 / 9, perImage: 8 / 9, perPosition: 0, total: 0 });
});

test('losses between two points begin at the one and end at the other', async () => {
  const context = contextOf(await smallData());
  const network = networkFor(context, { norm: 'none' });
  const other = createNetwork(
    { model: { name: 'vgg' }, norm: 'none', random: randomStreams(5).initialization },
    context.data.train,
  );
  const batch = firstBatch(context.data.train, 16);
  const ends = [snapshot(trainableOf(network)), snapshot(trainableOf(other))] as const;
  const [from, to] = await lossesBetween(network, batch, ends, [0, 1]);
  expect(from).toBeCloseTo(await lossAt(network, batch), 5);
  expect(to).toBeCloseTo(await lossAt(other, batch), 5);
});

test('batch norm makes the moments of channels 0 and 1', async () => {
  const context = contextOf(await smallData());
  const network = networkFor(context, { norm: 'batch' });
  const seen = await activationsAt(network, firstBatch(context.data.train, 64), 'normalized', ['conv1.1']);
  const { means, variances } = channelMoments(seen.get('conv1.1')!);
  expect(Math.max(...means.map(Math.abs))).toBeLessThan(1e-3);
  expect(Math.min(...variances)).toBeGreaterThan(0.98);
});

test('a distribution that moves by one deviation and widens e times has drifted by 2', () => {
  const start = { means: Float64Array.of(0), variances: Float64Array.of(1) };
  const now = { means: Float64Array.of(1), variances: Float64Array.of(Math.E ** 2) };
  expect(driftBetween(start, now)).toBeCloseTo(2, 6);
});

test.each([
  [1, 1.5],
  [2, Math.sqrt(2.5)],
  [Number.POSITIVE_INFINITY, 2],
])('the l_%d norm divides by its scale', (p, scale) => {
  const norm = new LpNorm(p, 1);
  const y = norm.apply(tf.tensor2d([-1, 2, 1, -2], [4, 1]), 'batch').dataSync();
  y.forEach((value, i) => {
    expect(value).toBeCloseTo([-1, 2, 1, -2][i]! / scale, 4);
  });
});

test('noise has the ranges of the formula, and another mean for each channel', () => {
  const { offsets, scales } = drawNoise(50, 20, randomStreams(0).initialization);
  const means = Array.from({ length: 20 }, (_, c) => mean(offsets.filter((_, i) => i % 20 === c)));
  expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(0.6);
  expect(deviation(means)).toBeGreaterThan(0.15);
  expect(mean(scales)).toBeCloseTo(1.125, 1);
});

test('the largest descent ends before the loss first rises or is no number', () => {
  expect(largestDescent([0.9, 0.5, 2, 0.1])).toBeCloseTo(10 ** -4.5, 12);
  expect(largestDescent([0.9, Number.NaN])).toBeCloseTo(1e-5, 12);
});

test('a verdict needs every seed', () => {
  const rule = {
    holds: (n: Readonly<Record<string, number>>) => n.x! > 1,
    fails: (n: Readonly<Record<string, number>>) => n.x! < 0,
  };
  const of = (...xs: number[]) =>
    verdictOf(
      rule,
      xs.map((x) => ({ numbers: { x } })),
    );
  expect([of(2, 3), of(-1, -2), of(2, -1), of(2, 0.5)]).toEqual([
    'supported',
    'not supported',
    'unclear',
    'unclear',
  ]);
});
