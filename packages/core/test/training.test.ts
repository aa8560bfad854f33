import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  type Normalization,
  RMSNorm,
  registerBackend,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const layers: [string, () => Normalization][] = [
  ['BatchNorm', () => new BatchNorm({ numFeatures: 4 })],
  ['GroupNorm', () => new GroupNorm({ numGroups: 2, numChannels: 4 })],
  ['InstanceNorm', () => new InstanceNorm({ numFeatures: 4, affine: true })],
  ['LayerNorm', () => new LayerNorm({ normalizedShape: [4, 6] })],
  ['RMSNorm', () => new RMSNorm({ normalizedShape: [4, 6] })],
];

/** Learns to give what a layer with other gamma and beta gives; returns the losses step by step. */
function losses(layer: Normalization, steps: number): number[] {
  const x = sample([8, 4, 6]);
  const apply = (input: tf.Tensor) => layer.apply(input, { training: true });
  const target = tf.tidy(() => tf.mul(apply(x), 3));
  const optimizer = tf.train.sgd(0.2);
  return Array.from({ length: steps }, () => {
    const cost = () => tf.losses.meanSquaredError(target, apply(x)) as tf.Scalar;
    return optimizer.minimize(cost, true, layer.trainableWeights)!.dataSync()[0]!;
  });
}

describe.each(layers)('%s', (_, make) => {
  test('is trained by optimizer.minimize', () => {
    const [first, ...rest] = losses(make(), 200);
    expect(rest.at(-1)).toBeLessThan(first! / 20);
  });

  test('is found by an optimizer that is given no list of variables', () => {
    const layer = make();
    const before = layer.trainableWeights[0]!.dataSync();
    const cost = () => tf.sum(tf.square(layer.apply(sample([8, 4, 6]), { training: true }))) as tf.Scalar;
    tf.train.sgd(0.01).minimize(cost);
    expect(layer.trainableWeights[0]!.dataSync()).not.toEqual(before);
  });

  test('adds no tensors from step to step', () => {
    const layer = make();
    const x = sample([8, 4, 6]);
    const optimizer = tf.train.sgd(0.01);
    const step = () =>
      optimizer.minimize(
        () => tf.sum(tf.square(layer.apply(x, { training: true }))),
        false,
        layer.trainableWeights,
      );
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is one of the layers that share an interface, whose apply may be told of training', () => {
    expect(make().apply(sample([8, 4, 6]), { training: false }).shape).toEqual([8, 4, 6]);
  });
});

test('a step of BatchNorm leaves its running statistics out of the gradients', () => {
  const layer = new BatchNorm({ numFeatures: 4 });
  const { grads } = tf.variableGrads(() => tf.sum(layer.apply(sample([8, 4]), { training: true })));
  expect(Object.keys(grads).sort()).toEqual(layer.trainableWeights.map(({ name }) => name).sort());
});

test('frozen statistics let gamma and beta train on batches of one', () => {
  const layer = new BatchNorm({ numFeatures: 4 });
  const cost = () => tf.sum(tf.square(layer.apply(tf.ones([1, 4]), { training: false }))) as tf.Scalar;
  tf.train.sgd(0.1).minimize(cost, false, layer.trainableWeights);
  expect(layer.beta!.dataSync()[0]).toBeCloseTo(-0.2, 4);
});

test('moving the running statistics leaves no trace on the tape', () => {
  const opsRecordedBy = (layer: BatchNorm) => {
    let ops: string[] = [];
    tf.grad((x) => {
      const y = layer.apply(x, { training: true });
      ops = tf.engine().state.activeTape.map(({ kernelName }) => kernelName);
      return tf.sum(y);
    })(sample([8, 4]));
    return ops;
  };
  const untracked = new BatchNorm({ numFeatures: 4, trackRunningStats: false });
  expect(opsRecordedBy(new BatchNorm({ numFeatures: 4 }))).toEqual(opsRecordedBy(untracked));
});
