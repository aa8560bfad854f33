/** The mean of values with an infinite one is infinite, wherever that stands: as in float64, where values are summed. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { type MomentsOptions, moments, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../src/index.js';

/** Shapes that are summed in several segments, each of several chunks, with wide rows and without. */
const cases: readonly (readonly [string, readonly number[], MomentsOptions])[] = [
  ['columns, wider than a wide row', [1500, 1028], {}],
  ['columns of a wide row', [40_001, 6], {}],
  ['a few columns', [9, 5], {}],
  ['channels last', [3, 70, 80, 40], { dataFormat: 'channelsLast' }],
  ['planes', [40, 5, 30, 40], {}],
  ['planes of several chunks', [3, 4, 130, 130], {}],
  ['rows', [7, 9001], { normalizedShape: 9001 }],
  ['short rows', [7, 300], { normalizedShape: 300 }],
  ['groups of planes', [3, 6, 70, 70], { numGroups: 3 }],
  ['groups of columns', [3, 70, 70, 6], { numGroups: 3, dataFormat: 'channelsLast' }],
];

describe.each(cases)('%s', (_name, shape, options) => {
  const size = tf.util.sizeFromShape([...shape]);
  const places = { first: 0, middle: Math.floor(size / 2), last: size - 1 };

  const momentsOn = async (backend: string, values: Float32Array) => {
    await useBackend(backend);
    return tf.tidy(() => {
      const { mean, variance } = moments(tf.tensor(values, [...shape]), options);
      return { mean: [...mean.dataSync()], variance: [...variance.dataSync()] };
    });
  };

  it.each(Object.entries(places))('has the mean of float64 with an infinite element: %s', async (_, at) => {
    const values = Float32Array.from({ length: size }, (_, i) => 3 + Math.sin(i));
    for (const spoilt of [[Infinity], [-Infinity], [Infinity, Infinity], [Infinity, -Infinity]]) {
      const x = values.slice();
      for (const [i, value] of spoilt.entries()) x[i === 0 ? at : size - 1 - at] = value;
      const [got, truth] = [await momentsOn('wasm', x), await momentsOn('cpu', x)];
      const special = ({ mean, variance }: typeof got) =>
        [mean, variance].map((list) => list.map((value) => (Number.isFinite(value) ? 0 : value)));
      expect(special(got)).toEqual(special(truth));
    }
  });
});
