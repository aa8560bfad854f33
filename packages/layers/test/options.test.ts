/** What the constructors and build refuse, and how they say it. */
import { NormalizationError } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  Normalization,
  RMSNormalization,
  UnitNormalization,
} from '../src/index.js';

const refusals: [string, () => unknown, string][] = [
  [
    'a misspelt option',
    () => new BatchNormalization({ epsilom: 1 } as object),
    "BatchNormalization: unknown option 'epsilom'",
  ],
  [
    'epsilon 0',
    () => new LayerNormalization({ epsilon: 0 }),
    'LayerNormalization: epsilon must be a positive finite number, got 0',
  ],
  [
    'a momentum above 1',
    () => new BatchNormalization({ momentum: 1.5 }),
    'BatchNormalization: momentum must be in [0, 1]',
  ],
  [
    'a center that is no boolean',
    () => new GroupNormalization({ center: 1 as never }),
    'GroupNormalization: center must be true or false, got 1',
  ],
  [
    'an axis that is no integer',
    () => new RMSNormalization({ axis: 0.5 }),
    'RMSNormalization: axis must be an integer or a list of integers, got 0.5',
  ],
  [
    'no axis at all',
    () => new LayerNormalization({ axis: [] }),
    'LayerNormalization: axis must be an integer or a list of integers, got []',
  ],
  [
    'groups 0',
    () => new GroupNormalization({ groups: 0 }),
    'GroupNormalization: groups must be a positive integer or -1, got 0',
  ],
  [
    'an unknown regularizer',
    () => new GroupNormalization({ gammaRegularizer: 'l3' }),
    "GroupNormalization: gammaRegularizer 'l3' is not known; tf.regularizers has l1",
  ],
  ...['__proto__', 'constructor'].map((name): [string, () => unknown, string] => [
    `an initializer of the name ${name}, which every object has`,
    () => new LayerNormalization({ gammaInitializer: { className: name, config: {} } }),
    `LayerNormalization: gammaInitializer '${name}' is not known; tf.initializers has constant`,
  ]),
  [
    'an axis outside of the rank',
    () => new BatchNormalization({ axis: 4, name: 'norm' }).build([null, 3, 3, 8]),
    "BatchNormalization 'norm': axis must be in [-4, 4)",
  ],
  [
    'an axis given twice',
    () => new LayerNormalization({ axis: [2, -1] }).build([null, 3, 8]),
    'and none twice, for an input of shape [null,3,8], got [2,-1]',
  ],
  [
    'an axis of no fixed size',
    () => new BatchNormalization({ name: 'norm' }).build([null, null]),
    "BatchNormalization 'norm': axis 1 of the input must have a fixed size, got shape [null,null]; give it in inputShape",
  ],
  [
    'the axis of the batch',
    () => new GroupNormalization({ axis: -2, groups: 2, name: 'norm' }).build([4, 8]),
    "GroupNormalization 'norm': axis must not be the batch axis, got -2",
  ],
  [
    'groups that do not divide the channels',
    () => new GroupNormalization({ groups: 3, name: 'norm' }).build([null, 8]),
    "GroupNormalization 'norm': groups must divide the number of channels, got 3 groups and 8 channels",
  ],
  [
    'more groups than channels',
    () => new GroupNormalization().build([null, 8]),
    'got 32 groups and 8 channels',
  ],
  [
    'groups of an InstanceNormalization',
    () => new InstanceNormalization({ groups: 2, name: 'norm' }).build([null, 8]),
    "InstanceNormalization 'norm': groups must be -1 or the number of channels, 8, got 2",
  ],
];

describe('the layers', () => {
  it.each([
    new BatchNormalization({ axis: 3 }),
    new GroupNormalization({ axis: 3 }),
    new LayerNormalization({ axis: [0, 3] }),
    new RMSNormalization({ axis: -4 }),
    new UnitNormalization({ axis: 3 }),
    new Normalization({ axis: -4 }),
  ])('refuse an axis outside of the rank when they are asked for the shape of the output: %o', (layer) => {
    expect(() => layer.computeOutputShape([null, 2, 4])).toThrow('axis must be in [-3, 3), and none twice');
    expect(layer.computeOutputShape([null, 2, 4, null])).toEqual([null, 2, 4, null]);
  });

  it.each(refusals)('refuse %s', (_, attempt, message) => {
    expect(attempt).toThrow(NormalizationError);
    expect(attempt).toThrow(message);
  });

  const layers = {
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    Normalization,
    RMSNormalization,
    UnitNormalization,
  };
  it.each(Object.entries(layers))('are named in errors of a model: %s', (className, Layer) => {
    const title = new RegExp(`^${className} 'third_of_ten': `);
    const bottom = { axis: 7, groups: -1, name: 'third_of_ten' };
    const { groups: _, ...alone } = bottom;
    const options = /Group|Instance/.test(className) ? bottom : alone;
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [2] })] });
    expect(() => model.add(new Layer(options))).toThrow(title);
    expect(() => new Layer({ ...options, axis: 'last' as never })).toThrow(title);
    expect(() => new Layer({ ...options, axes: 1 } as object)).toThrow(title);
    const inputs = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
    expect(() => new Layer({ name: 'third_of_ten' }).apply(inputs)).toThrow(
      `${className} 'third_of_ten': takes one input, got 2`,
    );
  });

  it.each([
    ['BatchNormalization', new BatchNormalization()],
    ['GroupNormalization', new GroupNormalization({ groups: 2 })],
  ])('refuse an input of other channels than they were built for: %s', (_, layer) => {
    layer.apply(tf.input({ shape: [4, 4, 8] }));
    expect(() => layer.apply(tf.input({ shape: [4, 4, 6] }))).toThrow(
      'expected axis 3 of input shape to have value 8',
    );
  });
});
