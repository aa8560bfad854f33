/** The tests of batch normalization in graph models on a backend, beside the values in float64. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedBatchNorm, graphModel, input, node } from './graphModels.mjs';

const epsilon = 0.01;
const shapes = {
  NHWC: [3, 2, 5, 4],
  NCHW: [3, 4, 2, 5],
  // Square, so that no shape tells where the channels are.
  'NCHW, square': [2, 4, 4, 4],
  NDHWC: [2, 3, 2, 2, 4],
  NCDHW: [2, 4, 3, 2, 2],
};
const parameters = { scale: [1, 2, -1, 0.5], offset: [0.5, 0, -0.5, 3] };
const statistics = { mean: [1, -1, 0, 3], variance: [4, 1, 0.25, 2] };
const none = { mean: [], variance: [] };

const cases = ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].flatMap((op) =>
  [true, false].flatMap((isTraining) =>
    Object.entries(shapes)
      .filter(([format]) => op === 'FusedBatchNormV3' || !format.includes('D'))
      .map(([format, shape]) => ({ op, isTraining, format, shape })),
  ),
);

/**
 * @param {object} options
 * @param {string} options.backend Name of the tfjs backend, whose package has been imported.
 * @param {typeof import('@tensorflow/tfjs')} options.tf
 * @param {typeof import('@bn/core/graph')} options.graph
 * @param {number} [options.tolerance] Largest difference from float64, as a part of the largest value. Default 2e-5.
 */
export function graphModelSuite({ backend, tf, graph, tolerance = 2e-5 }) {
  const load = (...parts) => tf.loadGraphModel(tf.io.fromMemory(graphModel(...parts)));
  const expectClose = async (tensor, expected) => {
    const values = await tensor.data();
    const unit = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    const difference = Array.from(expected, (value, i) => Math.abs(values[i] - value));
    expect(values.length).toBe(expected.length);
    expect(difference.every((value) => value <= tolerance * unit)).toBe(true);
  };

  const inputs = ['x', 'scale', 'offset', 'mean', 'variance'];

  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
  });

  it.each(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'])(
    `%s of a batch's own statistics is refused on ${backend} without registerGraphOps, where tfjs gives NaN`,
    async (op) => {
      const nodes = [input('x'), node('y', op, inputs, { epsilon, is_training: true })];
      const model = await load(nodes, { ...parameters, ...none });
      const x = tf.ones(shapes.NHWC);
      const before = tf.memory().numTensors;
      expect(() => model.execute({ x }, 'y')).toThrow(
        /mean and variance are empty.*import { registerGraphOps } from '@bn\/core\/graph'/,
      );
      expect(tf.memory().numTensors).toBe(before);
      x.dispose();
      model.dispose();
    },
  );

  it.each(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'])(
    `%s of channels first is refused on ${backend} with accelerate alone, if x tells`,
    async (op) => {
      const nodes = [input('x'), node('y', op, inputs, { epsilon, is_training: false, data_format: 'NCHW' })];
      const model = await load(nodes, { ...parameters, ...statistics });
      const x = tf.ones(shapes.NCHW);
      const before = tf.memory().numTensors;
      expect(() => model.execute({ x }, 'y')).toThrow(
        /mean has 4 values, but the last axis of x of shape \[3, 4, 2, 5\] has 5.*import { registerGraphOps } from '@bn\/core\/graph'/,
      );
      expect(tf.memory().numTensors).toBe(before);
      x.dispose();
      model.dispose();
    },
  );

  describe(`batch normalization in graph models on ${backend}`, () => {
    beforeAll(() => graph.registerGraphOps(tf));
    afterAll(() => graph.unregisterGraphOps(tf));

    it.each(cases)('$op, is_training $isTraining, $format: values and gradients', async (one) => {
      const { op, isTraining, format, shape } = one;
      const attributes = { epsilon, is_training: isTraining, data_format: format.split(',')[0] };
      const model = await load(
        [input('x'), input('scale'), input('offset'), node('y', op, inputs, attributes)],
        isTraining ? none : statistics,
      );
      const before = tf.memory().numTensors;
      const [x, dy] = [1, 2].map((seed) => tf.randomNormal(shape, 0.5, 2, 'float32', seed));
      const given = [x, tf.tensor1d(parameters.scale), tf.tensor1d(parameters.offset)];
      const run = (image, scale, offset) => model.execute({ x: image, scale, offset }, 'y');
      const y = run(...given);
      const gradients = tf.grads(run)(given, dy);
      const expected = expectedBatchNorm(
        { x: await x.data(), dy: await dy.data(), ...parameters, ...(isTraining ? {} : statistics) },
        { shape, isFirst: format.startsWith('NC'), epsilon },
      );
      await expectClose(y, expected.y);
      await expectClose(gradients[0], expected.dx);
      await expectClose(gradients[1], expected.dScale);
      await expectClose(gradients[2], expected.dOffset);
      tf.dispose([y, gradients, given, dy]);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });
  });
}
