/** Masks that files of Keras 3 hand to calls by keyword: left out if the graph brings them anyway, refused otherwise. */
import '@bn/cpu-ref';
import { OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadKerasModel } from '../src/index.js';

type Config = Record<string, unknown>;

const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, 0] },
});
const call = (args: unknown[], kwargs: Config = {}) => ({ args, kwargs });
const layer = (class_name: string, name: string, config: Config, ...inbound_nodes: object[]) => ({
  ...{ class_name, name, inbound_nodes, module: 'keras' },
  config: { name, ...config },
});
const input = (name: string) => layer('InputLayer', name, { batch_shape: [null, 4] });
const embedding = (name: string, of: string, config: Config = { mask_zero: true }) =>
  layer('Embedding', name, { input_dim: 5, output_dim: 3, ...config }, call([tensor(of)]));
const isToken = (of: string, other: unknown = 0) =>
  layer('NotEqual', 'is_token', {}, call([tensor(of), other]));
const on = (name: string) => call([tensor(name)]);
/** What shows whether it has a mask. */
const average = (of: string, mask: unknown) =>
  layer('GlobalAveragePooling1D', 'average', {}, call([tensor(of)], { mask }));

const load = (...layers: object[]) => {
  const ends = { input_layers: [['x', 0, 0]], output_layers: [['average', 0, 0]] };
  const modelTopology = { class_name: 'Functional', config: { name: 'm', layers, ...ends } };
  return loadKerasModel(tf.io.fromMemory({ modelTopology }));
};

beforeAll(() => useBackend('cpu'));
afterEach(() => tf.disposeVariables());

const masked = tensor('is_token');
const dense = (of: string) => layer('Dense', 'dense', { units: 3 }, on(of));
const convolution = layer('Conv1D', 'conv', { filters: 3, kernel_size: 1 }, on('embedding'));
const start = [input('x'), embedding('embedding', 'x')];

it.each<[string, object[]]>([
  ['directly', [...start, isToken('x'), average('embedding', masked)]],
  ['behind layers that pass masks', [...start, dense('embedding'), isToken('x'), average('dense', masked)]],
  ['behind a convolution, which ends masks, if none is said', [...start, convolution, average('conv', null)]],
])('the mask of an Embedding is left out %s', async (_, layers) => {
  const model = await load(...layers);
  expect(model.layers.map(({ name }) => name)).not.toContain('is_token');
  expect(model.outputs[0]!.shape).toEqual([null, 3]);
});

it('nothing is refused behind a Concatenate of values without masks', async () => {
  const embeddings = ['a', 'b'].map((name) => embedding(name, 'x', {}));
  const joined = layer('Concatenate', 'joined', { axis: -1 }, call([[tensor('a'), tensor('b')]]));
  const model = await load(input('x'), ...embeddings, joined, average('joined', null));
  expect(model.outputs[0]!.shape).toEqual([null, 6]);
});

it('a mask may go through more layers in a row than functions can call each other', async () => {
  const chain = (name: string, first: string, make: (name: string, before: string) => object) =>
    Array.from({ length: 2000 }, (_, i) => make(`${name}_${i}`, i === 0 ? first : `${name}_${i - 1}`));
  const passing = chain('dropout', 'embedding', (name, before) =>
    layer('Dropout', name, { rate: 0.5 }, on(before)),
  );
  const either = chain('either', 'is_token', (name, before) =>
    layer('LogicalOr', name, {}, call([tensor(before), tensor(before)])),
  );
  // It is the first one in the file, so that nothing is known yet.
  const last = average('dropout_1999', tensor('either_1999'));
  const model = await load(last, ...start, isToken('x'), ...either, ...passing);
  expect(model.layers).toHaveLength(2003);
});

const sum = (other: string) => layer('Add', 'sum', {}, call([[tensor('embedding'), tensor(other)]]));
const average2 = (mask: unknown) => average('sum', mask);
const either = layer('LogicalOr', 'either', {}, call([masked, tensor('some')]));
const some = layer('NotEqual', 'some', {}, call([tensor('y'), 0]));

it.each<[string, object[]]>([
  ['that ended before', [...start, convolution, isToken('x'), average('conv', masked)]],
  ['of another number', [...start, isToken('x', 1), average('embedding', masked)]],
  ['of another tensor', [...start, input('y'), isToken('y'), average('embedding', masked)]],
  ['that is an input', [...start, input('y'), average('embedding', tensor('y'))]],
  [
    'of an Embedding without mask_zero',
    [input('x'), embedding('embedding', 'x', {}), isToken('x'), average('embedding', masked)],
  ],
  [
    'of a sum of masked and other values',
    [...start, embedding('other', 'x', {}), sum('other'), average2(null)],
  ],
  [
    'of a sum of values that are masked in other ways',
    [
      ...start,
      input('y'),
      embedding('other', 'y'),
      sum('other'),
      isToken('x'),
      some,
      either,
      average2(tensor('either')),
    ],
  ],
  [
    'that goes round in circles',
    [...start, layer('Any', 'is_token', { axis: -1 }, on('is_token')), average('embedding', masked)],
  ],
])('a mask %s is refused by the name of the layer', async (_, layers) => {
  const { numTensors } = tf.memory();
  const loading = load(...layers);
  await expect(loading).rejects.toThrow(OptionError);
  await expect(loading).rejects.toThrow(
    "layer 'average' (GlobalAveragePooling1D): is called with another mask",
  );
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('an operation that gives more than masks stays, and is refused', async () => {
  const ends = layer('Concatenate', 'average', { axis: -1 }, call([[masked, masked]]));
  await expect(load(...start, isToken('x'), ends)).rejects.toThrow(
    "layer 'is_token' (NotEqual): tfjs has no such layer",
  );
});

it('GlobalAveragePooling1D averages over what its mask lets through', () => {
  const x = tf.tensor3d([1, 9, 9, 3, 5, 9], [2, 3, 1]);
  const pooling = () => tf.layers.globalAveragePooling1d({});
  const model = tf.sequential({
    layers: [tf.layers.masking({ maskValue: 9, inputShape: [3, 1] }), pooling()],
  });
  const given = tf.tensor2d([0, 1, 1, 1, 0, 0], [2, 3], 'bool');
  const { numTensors } = tf.memory();
  pooling().apply(x, { mask: given });
  expect(tf.memory().numTensors).toBe(numTensors + 1);
  tf.tidy(() => {
    expect(Array.from((model.predict(x) as tf.Tensor).dataSync())).toEqual([1, 4]);
    expect(Array.from((pooling().apply(x, { mask: given }) as tf.Tensor).dataSync())).toEqual([9, 3]);
    expect(Array.from((pooling().apply(x) as tf.Tensor).dataSync())).toEqual(
      Array.from(tf.mean(x, 1).dataSync()),
    );
  });
  expect(tf.memory().numTensors).toBe(numTensors + 1);
});
