/** Batch normalization of graph models behind conditions and in branches. */
import { graphModel, input, node } from '@bn/tooling/graphModels';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import {
  expected,
  inputs,
  load,
  none,
  parameters,
  shape,
  training,
  useGraphOps,
} from './support/graphModels.js';
import { expectClose, sample } from './support/tensors.js';

useGraphOps();

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
