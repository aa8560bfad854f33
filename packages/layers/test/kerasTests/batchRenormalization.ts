/** The part of batch_normalization_test.py about batch renormalization. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BatchNormalization, type BatchNormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest, remade } from './layerTest.js';
import { apply, momentsOf, perIndexOf, valuesOf } from './numbers.js';

const layer = (args: BatchNormalizationArguments) => (more?: object) =>
  new BatchNormalization({ renorm: true, ...args, ...more });
const weights = { trainable: 2, nonTrainable: 5, training: true };

const clipping = (renormClipping: object) => () => layer({ renormClipping })();

/** Values for gamma, beta, moving mean, variance and deviation, and mean and deviation of renorm, of three channels. */
const initial = {
  gamma: [1.1, 0.9, 1.05],
  beta: [0.1, -0.2, 0.05],
  movingMean: [0.5, -1, 0.25],
  movingVariance: [1.44, 0.81, 2.25],
  movingDeviation: [1.2, 0.9, 1.5],
  mean: [-0.75, 0.5, 1.25],
  deviation: [0.8, 1.3, 1.7],
};

function correctness() {
  const [epsilon, momentum, renormMomentum] = [1e-3, 0.9, 0.8];
  const norm = layer({ epsilon, momentum, renormMomentum })() as BatchNormalization;
  norm.build([null, 3]);
  norm.setWeights(Object.values(initial).map((values) => tf.tensor1d(values)));
  const x = tf.tensor([4, 6, 2, 8, -2, 5, 6, 4, 3], [3, 3]);
  const batch = [...momentsOf(x, perIndexOf(-1)).values()].map(({ mean, variance }) => ({
    mean,
    deviation: Math.sqrt(variance + epsilon),
  }));
  const y = valuesOf(apply(norm, x, { training: true }));
  const expected = valuesOf(x).map((value, i) => {
    const c = i % 3;
    const { mean, deviation } = batch[c]!;
    const r = deviation / initial.deviation[c]!;
    const d = (mean - initial.mean[c]!) / initial.deviation[c]!;
    return (((value - mean) / deviation) * r + d) * initial.gamma[c]! + initial.beta[c]!;
  });
  expectClose(y, expected, 1e-5);

  const moved = (values: number[], towards: number[], by: number) =>
    values.map((value, c) => value * by + towards[c]! * (1 - by));
  const [means, deviations] = [batch.map(({ mean }) => mean), batch.map(({ deviation }) => deviation)];
  const movingDeviation = moved(initial.movingDeviation, deviations, momentum);
  const [, , ...statistics] = norm.getWeights().map(valuesOf);
  [
    moved(initial.movingMean, means, momentum),
    movingDeviation.map((value) => value ** 2 - epsilon),
    movingDeviation,
    moved(initial.mean, means, renormMomentum),
    moved(initial.deviation, deviations, renormMomentum),
  ].forEach((values, i) => {
    expectClose(statistics[i]!, values, 1e-5);
  });
}

function inference() {
  const [plain, renorm] = [new BatchNormalization(), layer({})()];
  for (const norm of [plain, renorm]) norm.build([null, 10]);
  const values = plain.getWeights().map(({ shape }, i) => tf.randomUniform(shape, 0.5, 2, 'float32', i));
  plain.setWeights(values);
  renorm.setWeights([...values, ...renorm.getWeights().slice(4)]);
  const x = tf.randomNormal([4, 10], 0, 1, 'float32', 9);
  expect(valuesOf(apply(renorm, x))).toEqual(valuesOf(apply(plain, x)));
}

export const renormalization: readonly KerasTest[] = [
  agrees(
    'test_renorm_basics',
    'the layer test with renorm, and for images with limits; five weights are not trained',
    {
      vectors: () => layerTest(layer({}), { shape: [2, 3], ...weights }),
      'images with limits': () =>
        layerTest(layer({ renormClipping: { rmax: 3, rmin: 0.3, dmax: 5 } }), {
          ...{ shape: [2, 4, 4, 3], ...weights },
        }),
    },
  ),
  agrees(
    'test_renorm_invalid_clipping_keys',
    'unknown limits, rmax below rmin and a negative dmax are refused',
    {
      'an unknown key': () =>
        expect(clipping({ unknown: 1 })).toThrow('renormClipping must have no keys but rmax, rmin and dmax'),
      'rmax below rmin': () =>
        expect(clipping({ rmax: 0, rmin: 1 })).toThrow(
          'renormClipping must have no keys but rmax, rmin and dmax',
        ),
      'a negative dmax': () =>
        expect(clipping({ rmax: 1, dmax: -1 })).toThrow(
          'renormClipping must have no keys but rmax, rmin and dmax',
        ),
    },
  ),
  otherwise(
    'in another form',
    'test_renorm_stddev_initializer',
    'moving and renorm standard deviation start as the root of the initial moving variance',
    'the weights are read by `getWeights()`',
    {
      'a variance of 4': () => {
        const movingVarianceInitializer = tf.initializers.constant({ value: 4 });
        const norm = layer({ movingVarianceInitializer })();
        norm.build([null, 5]);
        const values = norm.getWeights().map(valuesOf);
        for (const i of [4, 6]) expectClose(values[i]!, new Array(5).fill(2), 1e-6);
      },
    },
  ),
  agrees('test_renorm_inference', 'inference is that of a layer without renorm', {
    'the same weights': inference,
  }),
  agrees('test_renorm_correctness', 'output and all five statistics of a training step', {
    'three channels': correctness,
  }),
  agrees('test_serialization', 'the config keeps renorm, its limits and its momentum', {
    'there and back': () => {
      const options = { renorm: true, renormClipping: { rmax: 3, rmin: 0.3, dmax: 5 }, renormMomentum: 0.95 };
      const norm = new BatchNormalization(options);
      expect(norm.getConfig()).toMatchObject(options);
      expect(remade(norm).getConfig()).toEqual(norm.getConfig());
    },
  }),
];
