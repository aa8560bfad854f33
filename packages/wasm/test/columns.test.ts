/** Statistics of columns are summed in chunks around a center that need not be near the mean; of that nothing is to be seen. */
import '@tensorflow/tfjs';
import { moments, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';

/** What the golden cases allow: four times the distance from 1 to the next float32 below it. */
const allowed = 2 ** -22;

/** Rows that make one chunk, and channels that make no wide row. */
const shapes: readonly (readonly [number, number])[] = [
  [60, 300],
  [100, 512],
  [128, 512],
];

beforeAll(() => useBackend('wasm'));

describe.each(shapes)('%i rows of %i channels', (rows, channels) => {
  it('have the variance of float64, in the worst of the channels, too', () => {
    const x = tf.randomNormal([rows, channels], 0, 1, 'float32', 7);
    const got = moments(x).variance.dataSync();
    const truth = variances(x.dataSync(), rows, channels);
    const errors = truth.map((variance, c) => Math.abs(got[c]! - variance) / variance);
    expect(Math.max(...errors)).toBeLessThanOrEqual(allowed);
  });
});

function variances(x: ArrayLike<number>, rows: number, channels: number): number[] {
  return Array.from({ length: channels }, (_, c) => {
    const column = Array.from({ length: rows }, (_, r) => x[r * channels + c]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  });
}
