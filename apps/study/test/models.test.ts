/** Every network with every norm: logits, gradients, no leaks. */
import { createLeNet, randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { gradientAt } from '../src/measure/gradient.js';
import { createNetwork, type Model, modelNames } from '../src/models/create.js';
import { disposeNetwork, trainableOf } from '../src/models/network.js';
import { studyNorms } from '../src/models/normNames.js';

beforeAll(() => startBackend('wasm'));

const models: readonly Model[] = [
  { name: 'vgg', widths: [4, 4], convolutionsPerStage: 1, hidden: 8 },
  { name: 'resnet', depth: 8, width: 2 },
  { name: 'deepLinear', depth: 3, width: 8 },
  { name: 'lenet' },
];
const image = { height: 16, width: 16, channels: 3 };
const random = () => randomStreams(1).initialization;
const batch = () => ({
  images: tf.randomNormal<tf.Rank.R4>([4, 16, 16, 3], 0, 1, 'float32', 1),
  labels: tf.tensor1d([0, 1, 2, 3], 'int32'),
});

test('the models that are tested are all there are', () => {
  expect(models.map(({ name }) => name)).toEqual(modelNames);
});

test.each(models)('$name has finite gradients with every norm, and leaves no tensors', async (model) => {
  for (const norm of studyNorms) {
    const before = tf.memory().numTensors;
    const network = createNetwork({ model, norm, random: random() }, image);
    const data = batch();
    const { loss, gradients } = await gradientAt(network, data);
    expect(Number.isFinite(loss), norm).toBe(true);
    const all = gradients.flatMap((gradient) => [...gradient]);
    expect(all.every(Number.isFinite), norm).toBe(true);
    expect(
      gradients[0]!.some((value) => value !== 0),
      norm,
    ).toBe(true);
    tf.dispose([data.images, data.labels]);
    disposeNetwork(network);
    expect(tf.memory().numTensors, norm).toBe(before);
  }
});

test("LeNet is the trainer's for the same weights", async () => {
  const theirs = createLeNet({ norm: 'batch' }, random());
  const square = { height: 28, width: 28, channels: 1 };
  const ours = createNetwork({ model: { name: 'lenet' }, norm: 'batch', random: random() }, square);
  // The trainer's layers have a bias before the norm, which subtracts it again.
  const named = theirs as unknown as Record<string, { weight: tf.Variable; bias: tf.Variable }>;
  for (const { name, weight, bias } of ours.layers) {
    weight.assign(tf.clone(named[name]!.weight));
    bias?.assign(tf.clone(named[name]!.bias));
  }
  const images = tf.randomNormal<tf.Rank.R4>([4, 28, 28, 1], 0, 1, 'float32', 2);
  const wanted = await theirs.forward(images, { training: true }).data();
  const got = await ours.forward(images, { statistics: 'batch' }).data();
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 4);
  });
});

test('weights are the same for every norm', () => {
  const weights = studyNorms.map((norm) => {
    const network = createNetwork({ model: models[0]!, norm, random: random() }, image);
    return network.layers.map(({ weight }) => [...weight.dataSync()]);
  });
  for (const other of weights) expect(other).toEqual(weights[0]);
});

test.each([
  [{ name: 'resnet', depth: 21, width: 2 } as Model, '6n + 2'],
  [{ name: 'vgg', widths: [2, 2, 2, 2, 2] } as Model, 'at least 32 pixels'],
  [
    { name: 'alexnet' } as unknown as Model,
    "expected a model named vgg, resnet, deepLinear, lenet, got 'alexnet'",
  ],
])('%o is refused', (model, message) => {
  expect(() => createNetwork({ model, norm: 'none', random: random() }, image)).toThrow(message);
});

test('a variable is listed once', () => {
  const network = createNetwork({ model: models[1]!, norm: 'batch', random: random() }, image);
  const names = trainableOf(network).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
