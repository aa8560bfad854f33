/** Batch normalization of graph models: outputs, TensorFlow's defaults, and other ops. */
import { input, node } from '@bn/tooling/graphModels';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { unregisterGraphOps } from '../src/graph/index.js';
import { OptionError } from '../src/index.js';
import {
  type Attributes,
  expected,
  inputs,
  load,
  loadNode,
  none,
  parameters,
  run,
  shape,
  statistics,
  training,
  useGraphOps,
} from './support/graphModels.js';
import { expectClose, sample } from './support/tensors.js';

useGraphOps();

describe('the outputs of a node', () => {
  const names = ['bn', 'bn:1', 'bn:2', 'bn:3', 'bn:4'];

  test('in training are y, and mean and variance of the batch, unbiased and then biased', async () => {
    const model = await loadNode('FusedBatchNormV3', training);
    const x = sample(shape);
    const outputs = model.execute({ x }, [...names, 'bn:5']) as tf.Tensor[];
    const { y, mean, variance, unbiased } = expected(x, {});
    [y, mean, unbiased, mean, variance, [0]].forEach((values, i) => {
      expectClose(outputs[i]!, values);
    });
  });

  test('average with the given statistics by exponential_avg_factor', async () => {
    const model = await loadNode(
      'FusedBatchNormV3',
      { ...training, exponential_avg_factor: 0.25 },
      statistics,
    );
    const x = sample(shape);
    const outputs = model.execute({ x }, names) as tf.Tensor[];
    const { y, mean, unbiased } = expected(x, {});
    const averaged = (old: number[], values: Float64Array) =>
      values.map((value, c) => 0.75 * old[c]! + 0.25 * value);
    expectClose(outputs[0]!, y);
    expectClose(outputs[1]!, averaged(statistics.mean, mean));
    expectClose(outputs[2]!, averaged(statistics.variance, unbiased));
  });

  test('in inference are y and the given statistics', async () => {
    const model = await loadNode('FusedBatchNormV3', { ...training, is_training: false }, statistics);
    const x = sample(shape);
    const outputs = model.execute({ x }, names) as tf.Tensor[];
    const { y } = expected(x, statistics);
    [y, statistics.mean, statistics.variance].forEach((values, i) => {
      expectClose(outputs[i]!, values);
    });
  });

  test('carry gradients of the statistics', async () => {
    const model = await loadNode('FusedBatchNormV3', training);
    const x = sample(shape);
    const gradient = tf.grad((image) => tf.sum(run(model, image, 'bn:2')))(x);
    const reference = tf.grad((image) => {
      const { variance } = tf.moments(image, [0, 1, 2]);
      return tf.sum(tf.mul(variance, 16 / 15));
    })(x);
    expectClose(gradient, reference);
  });

  test('are read by other nodes', async () => {
    const nodes = [input('x'), node('bn', 'FusedBatchNormV3', inputs, training)];
    const model = await load([...nodes, node('sum', 'AddV2', ['bn:1', 'bn:2'])], { ...parameters, ...none });
    const x = sample(shape);
    const { mean, unbiased } = expected(x, {});
    expectClose(
      run(model, x, 'sum'),
      mean.map((value, c) => value + unbiased[c]!),
    );
  });
});

describe('what a file leaves out', () => {
  test("is TensorFlow's default: training, NHWC and an epsilon of 1e-4", async () => {
    const model = await loadNode('FusedBatchNormV3', {});
    const x = tf.mul(sample(shape), 0.01);
    expectClose(run(model, x), expected(x, {}, 1e-4).y);
  });

  test('is refused if statistics are given: TensorFlow would not use them', async () => {
    const model = await loadNode('FusedBatchNorm', { epsilon: 0.01 }, statistics);
    expect(() => run(model, sample(shape))).toThrow(OptionError);
    expect(() => run(model, sample(shape))).toThrow(
      /^Graph node 'bn' \(FusedBatchNorm\): is_training is missing.*write is_training: false into model.json/,
    );
  });

  test('changes nothing if it is said: statistics that training has no use for are left aside', async () => {
    const model = await loadNode('FusedBatchNorm', training, statistics);
    const x = sample(shape);
    expectClose(run(model, x), expected(x, {}).y);
  });
});

test('a control input is no side input', async () => {
  const nodes = [input('x'), node('other', 'Identity', ['x'])];
  const bn = node('bn', 'FusedBatchNormV2', [...inputs, '^other'], training);
  const model = await load([...nodes, bn], { ...parameters, ...none });
  const x = sample(shape);
  expectClose(run(model, x), expected(x, {}).y);
});

describe('_FusedBatchNormEx', () => {
  const loadEx = (attributes: Attributes, sides: string[] = []) =>
    load(
      [input('x'), node('bn', '_FusedBatchNormEx', [...inputs, ...sides], { ...training, ...attributes })],
      {
        ...parameters,
        ...none,
      },
    );

  test.each(['Identity', 'Relu'])('adds a side input and applies %s', async (activation) => {
    const model = await loadEx({ activation_mode: activation, num_side_inputs: 1 }, ['x']);
    const x = sample(shape);
    const added = expected(x, {}).y.map((value, i) => value + x.dataSync()[i]!);
    expectClose(run(model, x), activation === 'Relu' ? added.map((value) => Math.max(0, value)) : added);
  });

  test.each<[string, Attributes, RegExp]>([
    ['another activation', { activation_mode: 'Elu' }, /activation_mode must be Identity or Relu, got elu/],
    ['two side inputs', { num_side_inputs: 2 }, /num_side_inputs must be 0 or 1, got 2/],
    ['a side input of another shape', { num_side_inputs: 1 }, /side_input must have the shape of x/],
  ])('refuses %s', async (_, attributes, message) => {
    const model = await loadEx(attributes, ['scale']);
    expect(() => run(model, sample(shape))).toThrow(message);
  });
});

describe('BatchNormWithGlobalNormalization', () => {
  const order = ['x', 'mean', 'variance', 'offset', 'scale'];
  const loadGlobal = (attributes: Attributes) =>
    load([input('x'), node('bn', 'BatchNormWithGlobalNormalization', order, attributes)], {
      ...parameters,
      ...statistics,
    });

  test.each([true, false])('with scale_after_normalization %s', async (scales) => {
    const model = await loadGlobal({ variance_epsilon: 0.01, scale_after_normalization: scales });
    const x = sample(shape);
    expectClose(run(model, x), expected(x, { ...statistics, ...(!scales && { scale: [1, 1, 1] }) }).y);
  });

  test('is refused without its attributes', async () => {
    const model = await loadGlobal({ variance_epsilon: 0.01 });
    expect(() => run(model, sample(shape))).toThrow(
      /scale_after_normalization true or false, got .* undefined/,
    );
  });
});

test('NHWC with given statistics stays with tf.batchNorm, and so with what has taken its place', async () => {
  const model = await loadNode('FusedBatchNormV3', { ...training, is_training: false }, statistics);
  const { kernels } = await tf.profile(() => run(model, sample(shape)));
  expect(kernels.map(({ name }) => name)).toContain('FusedBatchNorm');
});

test('unregisterGraphOps gives the ops back to tfjs', async () => {
  unregisterGraphOps(tf);
  const model = await loadNode('FusedBatchNormV3', training);
  expect(() => run(model, sample(shape))).toThrow('call registerGraphOps(tf) before it is loaded');
});
