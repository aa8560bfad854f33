/**
 * The table of ten people that tutorials begin with: what normalization does to it, and that gamma and beta can undo it.
 *
 *     mean = 1/m sum x,  deviation = sqrt(1/m sum (x - mean)^2)
 *     z-score = (x - mean) / sqrt(deviation^2 + epsilon),  min-max = (x - min) / (max - min)
 *     y = gamma * z-score + beta; with gamma = sqrt(deviation^2 + epsilon) and beta = mean, y is x
 *
 * Holds if on every backend here y of batch norm is within 1e-5 of the z-score in float64, and x comes back within 1e-4.
 */

import { batchNorm } from '@bn/core';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import type { Experiment, Row } from './experiment.js';

export const people: readonly (readonly [height: number, weight: number, age: number])[] = [
  [150, 54, 26],
  [60, 18, 4],
  [160, 60, 48],
  [177, 53, 16],
  [180, 60, 24],
  [192, 90, 22],
  [172, 76, 38],
  [168, 83, 47],
  [172, 64, 17],
  [180, 90, 25],
];
export const features = ['height', 'weight', 'age'] as const;
const epsilon = 1e-5;

export interface Column {
  readonly mean: number;
  readonly deviation: number;
  readonly zScores: readonly number[];
  readonly minMax: readonly number[];
}

/** In float64. */
export function columnOf(values: readonly number[]): Column {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    mean,
    deviation: Math.sqrt(variance),
    zScores: values.map((value) => (value - mean) / Math.sqrt(variance + epsilon)),
    minMax: values.map((value) => (value - low) / (high - low)),
  };
}

const columns = features.map((_, feature) => columnOf(people.map((person) => person[feature]!)));

export const zscore: Experiment = {
  id: 'zscore',
  title: 'The z-score of ten people',
  claim:
    'Batch norm is the z-score of each feature over the batch, and its gamma and beta can give x back: nothing is lost.',
  source: 'Ioffe and Szegedy, "Batch Normalization" (2015), section 3',
  formula: [
    'mean = 1/m sum x, deviation = sqrt(1/m sum (x - mean)^2)',
    'z = (x - mean) / sqrt(deviation^2 + epsilon), y = gamma * z + beta',
    'gamma = sqrt(deviation^2 + epsilon), beta = mean: y = x',
  ],
  rule: 'Supported if on every backend y is within 1e-5 of the z-score in float64 and x comes back within 1e-4; not supported if not.',
  simpler: 'Nothing: it is arithmetic, on the backend of the run and on the reference in plain JavaScript.',
  seconds: { quick: 1, full: 1 },

  async measure({ backend }) {
    const backends = [...new Set([backend, 'cpu'])] as ('cpu' | 'wasm' | 'webgpu')[];
    const truth = people.flatMap((_, person) => columns.map(({ zScores }) => zScores[person]!));
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    try {
      for (const name of backends) {
        await startBackend(name);
        const { y, back } = await normalizedPeople();
        numbers[`error on ${name}`] = largestDifference(y, truth);
        numbers[`error of x on ${name}`] = largestDifference(back, people.flat());
      }
    } finally {
      await startBackend(backend as 'wasm');
    }
    people.forEach((person, i) => {
      features.forEach((feature, f) => {
        const { zScores, minMax } = columns[f]!;
        const row = { person: i + 1, feature };
        rows.push({ ...row, scale: 'as measured', value: person[f]! });
        rows.push(
          { ...row, scale: 'min-max', value: minMax[i]! },
          { ...row, scale: 'z-score', value: zScores[i]! },
        );
      });
    });
    features.forEach((feature, f) => {
      numbers[`mean of ${feature}`] = columns[f]!.mean;
      numbers[`deviation of ${feature}`] = columns[f]!.deviation;
    });
    return { numbers, tables: { people: rows } };
  },

  holds: (numbers) =>
    matching(numbers, 'error on').every((error) => error <= 1e-5) &&
    matching(numbers, 'error of x on').every((error) => error <= 1e-4),
  fails: (numbers) => !zscore.holds(numbers),
  seen: (numbers) =>
    `Heights of mean ${numbers['mean of height']!.toFixed(1)} and deviation ${numbers['deviation of height']!.toFixed(2)}, weights and ` +
    `ages come to one scale; the child of 60 cm stays the same outlier. The largest error on any backend is ` +
    `${Math.max(...matching(numbers, 'error on')).toExponential(0)}.`,
  plot: ({ people: rows }) => ({
    data: { values: rows!.filter(({ seed }) => seed === rows![0]!.seed) },
    facet: { field: 'scale', type: 'nominal', title: null, sort: null },
    columns: 2,
    spec: {
      width: 230,
      height: 120,
      mark: { type: 'point', filled: true, size: 60, opacity: 0.6 },
      encoding: {
        x: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
        y: { field: 'feature', type: 'nominal', title: null, sort: null },
        color: { field: 'feature', type: 'nominal', legend: null },
      },
    },
    resolve: { scale: { x: 'independent' } },
  }),
};

async function normalizedPeople(): Promise<{ y: ArrayLike<number>; back: ArrayLike<number> }> {
  const [y, back] = tf.tidy(() => {
    const x = tf.tensor2d(people.flat(), [people.length, features.length]);
    const gamma = tf.tensor1d(columns.map(({ deviation }) => Math.sqrt(deviation ** 2 + epsilon)));
    const beta = tf.tensor1d(columns.map(({ mean }) => mean));
    const options = { epsilon, dataFormat: 'channelsLast' } as const;
    return [batchNorm(x, options).y, batchNorm(x, { ...options, gamma, beta }).y];
  });
  const values = { y: (await y.data()).slice(), back: (await back.data()).slice() };
  tf.dispose([y, back]);
  return values;
}

const largestDifference = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));

const matching = (numbers: Readonly<Record<string, number>>, start: string): number[] =>
  Object.entries(numbers).flatMap(([name, value]) => (name.startsWith(start) ? [value] : []));
