/** The parts of the lab that need neither a page nor a worker. */

import { type EpochMetrics, leavesLoneImage, randomStreams, standardSettings, startOfEpoch } from '@bn/lenet';
import { expect, test } from 'vitest';
import { curveColumns, curveKinds } from '../src/plots/curveData.js';
import { powersOfTen } from '../src/plots/logAxis.js';
import { columnsByLayer, columnsByTime } from '../src/plots/measuredData.js';
import { nearestKnown } from '../src/plots/nearest.js';
import { smoothed } from '../src/plots/smoothing.js';
import type { CurvePoint, MeasuredPoint, OpenedRun, RunSettings } from '../src/protocol.js';
import { addPoint, maximumPoints } from '../src/state/curve.js';
import { curvesCsv } from '../src/state/curvesFile.js';
import { blank, greyOf, stroke } from '../src/state/drawing.js';
import { addMeasured } from '../src/state/measured.js';
import { isWrong, rank } from '../src/state/ranking.js';
import { applyEvent, queuedRecord, rewind, settingsOf, statusOf } from '../src/state/runRecord.js';
import { TimeBudget } from '../src/timeBudget.js';
import { summarize } from '../src/worker/layers.js';
import { PointRecorder } from '../src/worker/pointRecorder.js';

const settings: RunSettings = {
  norm: 'group',
  placement: 'after',
  ...standardSettings,
  learningRate: 0.5,
  batchSize: 10,
  epochs: 3,
  seed: 7,
};
const record = queuedRecord({ id: 'run', createdAt: 0, color: 0 }, settings, 100);
const start = startOfEpoch(1, randomStreams(7).shuffling);
const point = (at: number, loss = at): CurvePoint => ({
  at,
  images: 10,
  loss,
  accuracy: 0.5,
  examplesPerSecond: 100,
});

test('a curve stays short, and its averages stay what they were', () => {
  let points: readonly CurvePoint[] = [];
  for (let index = 1; index <= 3 * maximumPoints; index++) points = addPoint(points, point(index));
  expect(points.length).toBeLessThanOrEqual(maximumPoints);
  const images = points.reduce((sum, one) => sum + one.images, 0);
  expect(images).toBe(30 * maximumPoints);
  const mean = points.reduce((sum, one) => sum + one.loss * one.images, 0) / images;
  expect(mean).toBeCloseTo((3 * maximumPoints + 1) / 2);
  expect(points.at(-1)!.at).toBe(3 * maximumPoints);
  expect(points.every(({ examplesPerSecond }) => Math.abs(examplesPerSecond - 100) < 1e-9)).toBe(true);
});

test('points cut a run without gaps, over the turn of an epoch', () => {
  const recorder = new PointRecorder(start, 100);
  const first = { ...start, seen: 60, lossSum: 120, correctSum: 30, seconds: 2 };
  expect(recorder.pass(first)).toEqual({
    at: 0.6,
    images: 60,
    loss: 2,
    accuracy: 0.5,
    examplesPerSecond: 30,
  });
  const soon = { ...first, seen: 70, lossSum: 130, correctSum: 35, seconds: 2.01 };
  expect(recorder.pass(soon)).toBeUndefined();
  expect(recorder.pass({ ...soon, seen: 100, lossSum: 160, correctSum: 50, seconds: 2.02 })).toMatchObject({
    at: 1,
    images: 40,
    loss: 1,
    accuracy: 0.5,
  });
  const second = { ...start, epoch: 2, seen: 10, lossSum: 5, correctSum: 10, seconds: 1 };
  expect(recorder.pass(second)).toEqual({
    at: 1.1,
    images: 10,
    loss: 0.5,
    accuracy: 1,
    examplesPerSecond: 10,
  });
  expect(recorder.cut(second)).toBeUndefined();
});

test('what costs much is done seldom', async () => {
  let time = 0;
  const budget = new TimeBudget(0.05, 1000, () => time);
  expect(budget.due).toBe(false);
  time = 1000;
  expect(budget.due).toBe(true);
  await budget.spend(async () => {
    time += 200;
  });
  time = 1200 + 200 * 19 - 1;
  expect(budget.due).toBe(false);
  time += 1;
  expect(budget.due).toBe(true);
});

test('a histogram counts every value, from the least to the largest', () => {
  const { low, high, counts, mean, deviation, saturated } = summarize(Float32Array.of(-5, -1, 1, 5));
  expect([low, high, mean, saturated]).toEqual([-5, 5, 0, 0.5]);
  expect(deviation).toBeCloseTo(Math.sqrt(13));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  expect([counts[0], counts.at(-1)]).toEqual([1, 1]);
});

test('equal values are a histogram too', () => {
  expect(summarize(Float32Array.of(2, 2, 2)).counts[0]).toBe(3);
});

test('wrong predictions come first, the surest at the front; then right ones, the least sure at the front', () => {
  const predictions = [
    { label: 1, confidence: 0.9 },
    { label: 2, confidence: 0.6 },
    { label: 3, confidence: 0.8 },
    { label: 4, confidence: 0.5 },
  ];
  const ranked = rank(predictions, [1, 0, 0, 4]);
  expect(ranked.map(({ index }) => index)).toEqual([2, 1, 3, 0]);
  expect(ranked.map(isWrong)).toEqual([true, true, false, false]);
  expect(ranked[0]).toEqual({ index: 2, label: 0, predicted: 3, confidence: 0.8 });
});

test('a stroke is white where it goes, and leaves what is far from it', () => {
  const drawn = stroke(blank(), { x: 4.5, y: 4.5 }, { x: 20.5, y: 4.5 });
  expect(drawn[4 * 28 + 12]).toBe(255);
  expect(drawn[8 * 28 + 12]).toBe(0);
  expect(stroke(drawn, { x: 4.5, y: 4.5 }, { x: 4.5, y: 4.5 })).toEqual(drawn);
});

test('a picture is grey by its luma, over black', () => {
  const pixels = [255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 0];
  expect([...greyOf(pixels)]).toEqual([255, 76, 0]);
});

test.each([
  ['batch', 7, 6000, true],
  ['batch', 5999, 6000, true],
  ['batch', 1, 6000, true],
  ['batch', 256, 1, true],
  ['batch', 2, 6000, false],
  ['batch', 6001, 6000, false],
  ['layer', 7, 6000, false],
  ['none', 1, 6000, false],
] as const)(
  'with %s norm, batches of %i out of %i images leave a lone one: %s',
  (norm, size, count, lone) => {
    expect(leavesLoneImage(norm, size, count)).toBe(lone);
  },
);

test('the settings of a run come back from its record', () => {
  expect(settingsOf(record)).toEqual(settings);
});

test('a record goes back to where its checkpoint stands', () => {
  const swap = (at: number) => ({ at, from: 'wasm' as const, to: 'cpu' as const });
  let later = applyEvent(record, { run: 'run', kind: 'points', points: [point(0.5), point(1), point(1.5)] });
  later = { ...later, swaps: [swap(0.5), swap(1.2)] };
  const position = { ...startOfEpoch(2, randomStreams(7).shuffling), seen: 0 };
  const back = rewind(later, { settings: record.settings!, position, history: [] });
  expect(back.at).toBe(1);
  expect(back.points.map(({ at }) => at)).toEqual([0.5, 1]);
  expect(back.swaps).toEqual([swap(0.5)]);
});

test('what can be done with a run follows from its checkpoint and the data', () => {
  const { settings: training } = record;
  const position = startOfEpoch(4, randomStreams(7).shuffling);
  const epochs = (count: number) => Array.from({ length: count }) as unknown as readonly EpochMetrics[];
  const opened = (finished: number, resumable = true): OpenedRun => ({
    norm: 'group',
    placement: 'after',
    resumable,
    training: { settings: training!, position, history: epochs(finished) },
  });
  expect(statusOf('weights', opened(3))).toBe('finished');
  expect(statusOf('weights', opened(2))).toBe('paused');
  expect(statusOf('weights', opened(2, false))).toBe('weights');
  expect(statusOf('finished', opened(2))).toBe('paused');
  expect(statusOf('paused', opened(3))).toBe('finished');
  expect(statusOf('stopped', opened(2))).toBe('stopped');
});

test('curves of several runs share one axis of epochs', () => {
  const metrics = { epoch: 1, testLoss: 9 };
  const one = { ...record, points: [point(0.5), point(1)], history: [metrics] } as unknown as typeof record;
  const other = { ...record, points: [point(0.75)] };
  const nothing = [null, null, null];
  expect(curveColumns([one, other], curveKinds.loss, { smoothing: 0, logarithmic: false })).toEqual([
    [0.5, 0.75, 1],
    [0.5, null, 1],
    nothing,
    [null, null, 9],
    [null, 0.75, null],
    nothing,
    nothing,
  ]);
  const [, line, raw] = curveColumns([one], curveKinds.loss, { smoothing: 0.5, logarithmic: false });
  // (0.5 * 0.25 + 0.5 * 1) / 0.75
  expect([line, raw]).toEqual([
    [0.5, 0.625 / 0.75],
    [0.5, 1],
  ]);
});

test('what has no logarithm, or is no number, is left out of a curve', () => {
  const points = [point(1, 2), point(2, 0), point(3, Number.NaN), point(4, 700)];
  const columns = (logarithmic: boolean) =>
    curveColumns([{ ...record, points }], curveKinds.loss, { smoothing: 0, logarithmic })[1];
  expect(columns(true)).toEqual([2, null, null, 700]);
  expect(columns(false)).toEqual([2, 0, null, 700]);
});

test('an average with a weight starts at the first value, and skips what is null', () => {
  expect(smoothed([4, null, 4, 4], 0.9)).toEqual([
    expect.closeTo(4),
    null,
    expect.closeTo(4),
    expect.closeTo(4),
  ]);
  expect(smoothed([1, 2, 3], 0)).toEqual([1, 2, 3]);
  expect(smoothed([0, 1], 0.5)).toEqual([0, expect.closeTo(0.5 / 0.75)]);
});

test('the value next to a place is found on either side', () => {
  expect(nearestKnown([1, null, null, 2], 1)).toBe(0);
  expect(nearestKnown([1, null, null, 2], 2)).toBe(3);
  expect(nearestKnown([null, null], 1)).toBeNull();
});

test('curves are a table: a row for each stretch of training and each test, names in quotes if need be', () => {
  const metrics = { epoch: 1, testLoss: 9, testAccuracy: 0.1 };
  const run = { ...record, name: 'batch norm, "mine"', points: [point(0.5)], history: [metrics] };
  expect(curvesCsv([run as unknown as Parameters<typeof curvesCsv>[0][number]]).split('\n')).toEqual([
    'run,part,epochs,loss,accuracy,examplesPerSecond',
    '"batch norm, ""mine""",train,0.5,0.5,0.5,100',
    '"batch norm, ""mine""",test,1,9,0.1,',
  ]);
});

const measuredPoint = (at: number, scale = 1): MeasuredPoint => ({
  at,
  deviations: { conv1: scale, conv2: scale / 10, fc1: 0, fc2: Number.NaN },
  gradients: { conv1: scale, conv2: 2 * scale, fc1: 3 * scale, fc2: 4 * scale, fc3: 5 * scale },
});

test('measurements stay few, and the first and the last stay', () => {
  let points: readonly MeasuredPoint[] = [];
  for (let index = 0; index <= 2000; index++) points = addMeasured(points, measuredPoint(index));
  expect(points.length).toBeLessThanOrEqual(400);
  expect(points[0]!.at).toBe(0);
  expect(points.at(-1)!.at).toBeGreaterThan(1990);
});

test('measurements of several runs stand in one table, without what a logarithmic axis cannot show', () => {
  const one = { ...record, measured: [measuredPoint(0), measuredPoint(1, 7)] };
  const { measured: _, ...unmeasured } = record;
  const runs = [one, { ...one, measured: [measuredPoint(1, 3)] }, unmeasured];
  expect(columnsByLayer(runs, 'deviations', 'start')).toEqual([
    [0, 1, 2, 3],
    [1, 0.1, null, null],
    [null, null, null, null],
    [null, null, null, null],
  ]);
  expect(columnsByLayer(runs, 'gradients', 'now')[2]).toEqual([3, 6, 9, 12, 15]);
  expect(columnsByTime(runs, 'gradients', 'conv2')).toEqual([
    [0, 1],
    [2, 14],
    [null, 6],
    [null, null],
  ]);
});

test('a run that is rewound forgets the measurement of a step that it has not taken yet', () => {
  const events = [0, 0.5, 1].map(
    (at) => ({ run: 'run', kind: 'measured', point: measuredPoint(at) }) as const,
  );
  const measured = events.reduce(applyEvent, record);
  expect(measured.measured).toHaveLength(3);
  const { settings: trainingSettings } = record;
  const position = { ...start, seen: 50 };
  const rewound = rewind(measured, { position, settings: trainingSettings!, history: [] });
  expect(rewound.measured!.map(({ at }) => at)).toEqual([0]);
});

test('a logarithmic axis is labelled at powers of ten, and not at more than have room', () => {
  const labels = (low: number, high: number) => powersOfTen({} as never, 1, low, high);
  expect(labels(0.001, 1)).toEqual([0.001, 0.01, 0.1, 1]);
  expect(labels(1e-20, 1).length).toBeLessThanOrEqual(7);
});
