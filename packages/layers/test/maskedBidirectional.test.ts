/** Bidirectional gives zeros for the steps that a mask leaves out, as in Keras; tf.layers repeats the step before. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import '../src/index.js';

beforeAll(() => useBackend('cpu'));
afterEach(() => tf.disposeVariables());

type Options = Partial<Parameters<typeof tf.layers.bidirectional>[0]> & { returnState?: boolean };

/** Sums of all steps up to each one, from both ends. */
function sums({ returnState = false, ...options }: Options, returnSequences = true): tf.layers.Layer {
  const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones', activation: 'linear' } as const;
  const layer = tf.layers.simpleRNN({ units: 1, returnSequences, returnState, ...ones });
  return tf.layers.bidirectional({ layer: layer as never, mergeMode: 'concat', ...options });
}
/** 9 is padding. */
const x = tf.tensor3d([1, 9, 2, 9, 9, 3], [2, 3, 1]);
const masked = (layer: tf.layers.Layer) =>
  tf.sequential({ layers: [tf.layers.masking({ maskValue: 9, inputShape: [3, 1] }), layer] });
const valuesOf = (outputs: tf.Tensor | tf.Tensor[]) => [outputs].flat().map((y) => Array.from(y.dataSync()));

it.each([
  ['concat', [1, 3, 0, 0, 3, 2, 0, 0, 0, 0, 3, 3]],
  ['sum', [4, 0, 5, 0, 0, 6]],
  ['mul', [3, 0, 6, 0, 0, 9]],
  ['ave', [2, 0, 2.5, 0, 0, 3]],
] as const)('merged by %s', (mergeMode, wanted) => {
  const model = masked(sums({ mergeMode }));
  model.predict(x);
  const { numTensors } = tf.memory();
  const y = model.predict(x) as tf.Tensor;
  expect(tf.memory().numTensors).toBe(numTensors + 1);
  expect(valuesOf(y)).toEqual([[...wanted]]);
});

it('not merged, and with states, which stay', () => {
  const mask = tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], 'bool');
  const [forward, backward] = [
    [1, 0, 3, 0, 0, 3],
    [3, 0, 2, 0, 0, 3],
  ];
  const apply = (options: Options) => valuesOf(sums(options).apply(x, { mask }) as tf.Tensor[]);
  expect(apply({ mergeMode: null as never })).toEqual([forward, backward]);
  const states = [
    [3, 3],
    [3, 3],
  ];
  expect(apply({ mergeMode: 'sum', returnState: true })).toEqual([[4, 0, 5, 0, 0, 6], ...states]);
});

it('so that the largest value of all steps is one of those that count, or zero', () => {
  const layers = [sums({ mergeMode: 'sum' }), tf.layers.globalMaxPooling1d({})];
  const model = tf.sequential({
    layers: [tf.layers.masking({ maskValue: 9, inputShape: [3, 1] }), ...layers],
  });
  expect(valuesOf(model.predict(tf.tensor3d([-1, 9, 9, -2, -3, -1], [2, 3, 1])) as tf.Tensor)).toEqual([
    [0, -7],
  ]);
});

it('not without a mask, and not in the last step alone', () => {
  const all = sums({ mergeMode: 'sum' }).apply(x) as tf.Tensor;
  expect(valuesOf(all)).toEqual([[13, 21, 14, 30, 30, 24]]);
  expect(valuesOf(masked(sums({ mergeMode: 'sum' }, false)).predict(x) as tf.Tensor)).toEqual([[6, 6]]);
});
