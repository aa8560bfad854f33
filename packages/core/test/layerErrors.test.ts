import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { BatchNorm, GroupNorm, LayerNorm, type Normalization, registerBackend } from '../src/index.js';
import { layers } from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeEach(async () => {
  registerBackend(genericBackend);
  await tf.setBackend('cpu');
});

/** All numbers that the layer holds, in the order of its state dict. */
function contents(layer: Normalization): Record<string, number[]> {
  return tf.tidy(() => {
    const state = Object.entries(layer.stateDict());
    return Object.fromEntries(state.map(([key, tensor]) => [key, Array.from(tensor.dataSync())]));
  });
}

function trainedLayer(): BatchNorm {
  const layer = new BatchNorm({ numFeatures: 4, rank: 2 });
  layer.apply(tf.randomNormal([8, 4]), { training: true });
  return layer;
}

describe('BatchNorm.apply', () => {
  test.each([
    ['no options', undefined, 'undefined'],
    ['options without training', {}, 'undefined'],
    ['training: null', { training: null }, 'null'],
    ['training: 1', { training: 1 }, '1'],
  ])('refuses %s, because training has no default', (_, options, got) => {
    const error = refusalOf(() => trainedLayer().apply(tf.zeros([3, 4]), options as never));
    expect([error.code, error.message]).toEqual([
      'BN_OPTION',
      `BatchNorm: apply(x, { training }) needs training: true (normalize with the batch's statistics) or false ` +
        `(with the running statistics), got ${got}`,
    ]);
  });

  test('refuses an option that it does not know', () => {
    const options = { training: true, momentum: 0.5 };
    expect(refusalOf(() => trainedLayer().apply(tf.zeros([3, 4]), options)).message).toBe(
      "BatchNorm.apply: unknown option 'momentum'; the options are training, mask",
    );
  });

  test('refuses another rank than the one it was made for', () => {
    const error = refusalOf(() => trainedLayer().apply(tf.zeros([3, 4, 1, 1]), { training: true }));
    expect([error.code, error.message]).toEqual([
      'BN_SHAPE',
      'BatchNorm: x must have rank 2, got rank 4, shape [3, 4, 1, 1]',
    ]);
  });
});

describe.each([
  ['an x of the wrong rank', () => tf.zeros([4]), { training: true }],
  ['a wrong number of channels', () => tf.zeros([3, 5]), { training: true }],
  ['a wrong dtype', () => tf.zeros([3, 4], 'int32'), { training: true }],
  ['a single value per channel', () => tf.zeros([1, 4]), { training: true }],
  ['a missing training', () => tf.zeros([3, 4]), {}],
  ['an unknown option', () => tf.zeros([3, 4]), { training: true, eps: 1 }],
  ['something that is no tensor', () => [1] as never, { training: true }],
])('after it refused %s', (_, makeX, options) => {
  test('a layer holds what it held before', () => {
    const layer = trainedLayer();
    const before = contents(layer);
    refusalOf(() => layer.apply(makeX(), options as never));
    expect(contents(layer)).toEqual(before);
  });

  test('a layer has left no tensors behind', () => {
    const layer = trainedLayer();
    const x = makeX();
    const before = tf.memory().numTensors;
    refusalOf(() => layer.apply(x, options as never));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each<[string, () => Normalization]>([
  ...layers.map(({ name, make }): [string, () => Normalization] => [name, () => make({ epsilon: 0 })]),
  ['BatchNorm of a bad estimate', () => new BatchNorm({ numFeatures: 4, varianceEstimate: 'none' as never })],
  ['GroupNorm of channels that cannot be divided', () => new GroupNorm({ numGroups: 3, numChannels: 4 })],
])('a %s that was never made leaves no variables behind', (_, make) => {
  const before = tf.memory().numTensors;
  refusalOf(make);
  expect(tf.memory().numTensors).toBe(before);
});

describe.each(layers.map(({ name, make }) => [name, make] as const))('a disposed %s', (name, make) => {
  const uses: [string, (layer: Normalization) => unknown][] = [
    ['apply', (layer) => layer.apply(tf.zeros([3, 4]), { training: true })],
    ['stateDict', (layer) => layer.stateDict()],
    ['loadStateDict', (layer) => layer.loadStateDict({})],
  ];

  test.each(uses)('refuses %s', (_, use) => {
    const layer = make();
    layer.dispose();
    const error = refusalOf(() => use(layer));
    expect([error.name, error.code, error.message]).toEqual([
      'DisposedError',
      'BN_DISPOSED',
      `${name}: this layer has been disposed; create a new one`,
    ]);
  });

  test('can be disposed again', () => {
    const layer = make();
    layer.dispose();
    expect(() => layer.dispose()).not.toThrow();
  });
});

test.each([
  ['BatchNorm', 'running_var', () => new BatchNorm({ numFeatures: 4 })],
  ['LayerNorm', 'weight', () => new LayerNorm({ normalizedShape: 4 })],
] as [string, string, () => Normalization][])(
  'a %s whose %s was disposed elsewhere says so, and can be disposed',
  (name, variable, make) => {
    const layer = make();
    const x = tf.zeros([3, 4]);
    tf.dispose(layer.weights.at(variable === 'weight' ? 0 : -1)!);
    for (const use of [() => layer.apply(x, { training: false }), () => layer.stateDict()]) {
      const error = refusalOf(use);
      expect([error.name, error.code, error.message]).toEqual([
        'DisposedError',
        'BN_DISPOSED',
        `${name}: its ${variable} has been disposed elsewhere, as tf.disposeVariables() does; create a new layer`,
      ]);
    }
    layer.dispose();
    expect(layer.weights.every(({ isDisposed }) => isDisposed)).toBe(true);
  },
);
