/** Batch normalization of graph models: outputs, TensorFlow's defaults, control flow, and other ops. */
import { graphModel, input, node } from '@bn/tooling/graphModels';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registerGraphOps, unregisterGraphOps } from '../src/graph/index.js';
import { OptionError, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
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
} from './support/graphModels.js';
import { expectClose, sample } from './support/tensors.js';

beforeEach(() => {
  registerBackend(genericBackend);
  registerGraphOps(tf);
});
afterEach(() => unregisterGraphOps(tf));

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

test('a model with control flow trains in the branch that is taken, and leaves no tensors behind', async () => {
  // Control flow v1: Switch hands x to its output 1 if the predicate is true.
  const model = await load(
    [
      input('x'),
      input('isTraining', 'DT_BOOL'),
      node('switch', 'Switch', ['x', 'isTraining']),
      node('bn', 'FusedBatchNormV3', ['switch:1', ...inputs.slice(1)], training),
      node('twice', 'AddV2', ['switch:0', 'switch:0']),
      node('y', 'Merge', ['twice', 'bn']),
    ],
    { ...parameters, ...none },
  );
  const x = sample(shape);
  const { y } = expected(x, {});
  for (const isTraining of [true, false]) {
    const predicate = tf.scalar(isTraining, 'bool');
    const before = tf.memory().numTensors;
    const result = (await model.executeAsync({ x, isTraining: predicate }, 'y')) as tf.Tensor;
    expectClose(result, isTraining ? y : tf.tidy(() => tf.mul(x, 2).dataSync()));
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
});

/** A model whose batch normalization stands in a branch of StatelessIf and gives this output of it. */
function branchModel(read: string) {
  const arguments_ = inputs.map((name) => ({ name: `${name}_`, type: 'DT_FLOAT' }));
  const signature = (name: string) => ({
    name,
    inputArg: arguments_,
    outputArg: [{ name: 'out', type: 'DT_FLOAT' }],
  });
  const attr = {
    is_training: { b: true },
    epsilon: { f: 0.01 },
    data_format: { s: btoa('NHWC') },
  };
  const names = inputs.map((name) => `${name}_`);
  const branch = {
    signature: signature('branch'),
    nodeDef: [
      { name: 'bn', op: 'FusedBatchNormV3', input: names, attr },
      { name: 'copy', op: 'Identity', input: [read], attr: {} },
    ],
    ret: { out: 'copy:output:0' },
  };
  const graph = graphModel(
    [input('x'), input('condition', 'DT_BOOL'), node('y', 'StatelessIf', ['condition', ...inputs])],
    { ...parameters, ...none },
    { function: [branch] },
  );
  const y = (graph.modelTopology as { node: { name: string; attr: object }[] }).node.find(
    ({ name }) => name === 'y',
  )!;
  y.attr = { then_branch: { func: { name: 'branch' } }, else_branch: { func: { name: 'branch' } } };
  return tf.loadGraphModel(tf.io.fromMemory(graph));
}

test('a node in a branch gives y', async () => {
  const model = await branchModel('bn:y:0');
  const x = sample(shape);
  const y = (await model.executeAsync({ x, condition: tf.scalar(true, 'bool') }, 'y')) as tf.Tensor;
  expectClose(y, expected(x, {}).y);
});

test('a node in a branch whose other outputs are read is refused', async () => {
  const model = await branchModel('bn:batch_mean:0');
  const run = model.executeAsync({ x: sample(shape), condition: tf.scalar(true, 'bool') }, 'y');
  await expect(run).rejects.toThrow(
    /Graph node 'bn' \(FusedBatchNormV3\): node 'copy' in a function of the model reads its output 'batch_mean'/,
  );
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
  expect(run(model, sample(shape)).dataSync()[0]).toBeNaN();
});
