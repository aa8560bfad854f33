import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, LayerNorm, registerBackend, type StateDict } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

function trainedLayer(batches = 2): BatchNorm {
  const layer = new BatchNorm({ numFeatures: 3 });
  layer.gamma!.assign(tf.tensor1d([1, 2, 3]));
  layer.beta!.assign(tf.tensor1d([4, 5, 6]));
  for (let i = 0; i < batches; i++) layer.apply(sample([8, 3], i + 1), { training: true });
  return layer;
}

const numbers = (state: StateDict) =>
  Object.fromEntries(Object.entries(state).map(([key, tensor]) => [key, Array.from(tensor.dataSync())]));

const zeros = (): StateDict => ({
  weight: tf.zeros([3]),
  bias: tf.zeros([3]),
  running_mean: tf.zeros([3]),
  running_var: tf.zeros([3]),
  num_batches_tracked: tf.scalar(0, 'int32'),
});

describe('stateDict', () => {
  test('gives gamma and beta as weight and bias', () => {
    expect(numbers(trainedLayer().stateDict())).toMatchObject({ weight: [1, 2, 3], bias: [4, 5, 6] });
  });

  test('gives the running statistics', () => {
    const layer = trainedLayer();
    expect(numbers(layer.stateDict())).toMatchObject({
      running_mean: Array.from(layer.runningMean!.dataSync()),
      running_var: Array.from(layer.runningVariance!.dataSync()),
    });
  });

  test('counts the batches in an int32 scalar', () => {
    const { num_batches_tracked: count } = trainedLayer(2).stateDict();
    expect([count!.dtype, count!.shape, count!.dataSync()[0]]).toEqual(['int32', [], 2]);
  });

  test('is a snapshot that later training leaves alone', () => {
    const layer = trainedLayer();
    const state = layer.stateDict();
    const before = numbers(state);
    layer.apply(sample([8, 3], 7), { training: true });
    layer.gamma!.assign(tf.zeros([3]));
    expect(numbers(state)).toEqual(before);
  });

  test('outlives its layer, even one that is disposed twice', () => {
    const layer = new BatchNorm({ numFeatures: 3 });
    const { weight } = layer.stateDict();
    layer.dispose();
    layer.dispose();
    expect(Array.from(weight!.dataSync())).toEqual([1, 1, 1]);
  });

  test('can be disposed without harm to the layer', () => {
    const layer = trainedLayer();
    tf.dispose(layer.stateDict());
    expect(Array.from(layer.gamma!.dataSync())).toEqual([1, 2, 3]);
  });
});

describe('loadStateDict', () => {
  test('gives one layer the state of another', () => {
    const state = trainedLayer().stateDict();
    const layer = new BatchNorm({ numFeatures: 3 });
    layer.loadStateDict(state);
    expect(numbers(layer.stateDict())).toEqual(numbers(state));
  });

  test('keeps the variables that an optimizer may hold', () => {
    const layer = new BatchNorm({ numFeatures: 3 });
    const before = [...layer.weights];
    layer.loadStateDict(trainedLayer().stateDict());
    expect(layer.weights.every((weight, i) => weight === before[i])).toBe(true);
  });

  test('leaves the loaded tensors to the caller, who may dispose them', () => {
    const state = trainedLayer().stateDict();
    const layer = new BatchNorm({ numFeatures: 3 });
    layer.loadStateDict(state);
    tf.dispose(state);
    expect(Array.from(layer.gamma!.dataSync())).toEqual([1, 2, 3]);
  });

  test('names a layer without state by refusing any entry', () => {
    const layer = new LayerNorm({ normalizedShape: 3, affine: false });
    expect(refusalOf(() => layer.loadStateDict({ weight: tf.ones([3]) })).message).toBe(
      "LayerNorm: the state dict does not fit, nothing was loaded: 'weight' is unexpected",
    );
  });
});

const { weight: _, ...withoutWeight } = zeros();
const disposed = tf.zeros([3]);
disposed.dispose();

const misfits: [mistake: string, state: StateDict, problem: string][] = [
  ['a missing entry', withoutWeight, "'weight' is missing (wanted float32 [3])"],
  ['an unexpected entry', { ...zeros(), gamma: tf.zeros([3]) }, "'gamma' is unexpected"],
  ['a wrong shape', { ...zeros(), bias: tf.zeros([4]) }, "'bias' is float32 [4] (wanted float32 [3])"],
  ['a wrong rank', { ...zeros(), bias: tf.zeros([1, 3]) }, "'bias' is float32 [1, 3] (wanted float32 [3])"],
  [
    'a wrong dtype',
    { ...zeros(), running_var: tf.zeros([3], 'int32') },
    "'running_var' is int32 [3] (wanted float32 [3])",
  ],
  [
    'a count that is no scalar',
    { ...zeros(), num_batches_tracked: tf.zeros([1], 'int32') },
    "'num_batches_tracked' is int32 [1] (wanted int32 [])",
  ],
  [
    'a count that is no whole number',
    { ...zeros(), num_batches_tracked: tf.scalar(0.5) },
    "'num_batches_tracked' is 0.5 (wanted a count)",
  ],
  [
    'a count below 0',
    { ...zeros(), num_batches_tracked: tf.scalar(-1, 'int32') },
    "'num_batches_tracked' is -1 (wanted a count)",
  ],
  [
    'an entry that is no tensor',
    { ...zeros(), weight: [1, 2, 3] as unknown as tf.Tensor },
    "'weight' is not a tensor (wanted float32 [3])",
  ],
  ['a disposed entry', { ...zeros(), bias: disposed }, "'bias' has been disposed (wanted float32 [3])"],
];

describe.each(misfits)('a state dict with %s', (_, state, problem) => {
  test('is refused with a message that says so', () => {
    expect(refusalOf(() => trainedLayer().loadStateDict(state))).toMatchObject({
      name: 'StateDictError',
      code: 'BN_STATE_DICT',
      message: `BatchNorm: the state dict does not fit, nothing was loaded: ${problem}`,
    });
  });

  test('changes nothing', () => {
    const layer = trainedLayer();
    const before = numbers(layer.stateDict());
    refusalOf(() => layer.loadStateDict(state));
    expect(numbers(layer.stateDict())).toEqual(before);
  });
});

test('all that is wrong with a state dict is listed at once', () => {
  const { weight, bias, ...rest } = zeros();
  const state = { ...rest, running_mean: tf.zeros([2]), gamma: tf.zeros([3]) };
  const { message } = refusalOf(() => trainedLayer().loadStateDict(state));
  expect(message.split(': ').at(-1)).toBe(
    "'weight' is missing (wanted float32 [3]); 'bias' is missing (wanted float32 [3]); " +
      "'running_mean' is float32 [2] (wanted float32 [3]); 'gamma' is unexpected",
  );
});

describe('the count of batches', () => {
  const { num_batches_tracked: _count, ...withoutCount } = zeros();

  test('may be missing, as older versions of PyTorch have it, and stays as it is then', () => {
    const layer = trainedLayer(2);
    layer.loadStateDict(withoutCount);
    expect(numbers(layer.stateDict())).toMatchObject({ weight: [0, 0, 0], num_batches_tracked: [2] });
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 40])('survives %d', (count) => {
    const layer = new BatchNorm({ numFeatures: 3 });
    const dtype = count < 2 ** 31 ? 'int32' : 'float32';
    layer.loadStateDict({ ...withoutCount, num_batches_tracked: tf.scalar(count, dtype) });
    const other = new BatchNorm({ numFeatures: 3 });
    other.loadStateDict(layer.stateDict());
    const { num_batches_tracked: read } = other.stateDict();
    expect([read!.dtype, read!.dataSync()[0]]).toEqual([dtype, count]);
  });

  test('goes on beyond 2^31', () => {
    const layer = new BatchNorm({ numFeatures: 3 });
    layer.loadStateDict({ ...withoutCount, num_batches_tracked: tf.scalar(2 ** 31 - 1, 'int32') });
    layer.apply(sample([8, 3], 1), { training: true });
    expect(layer.stateDict().num_batches_tracked!.dataSync()[0]).toBe(2 ** 31);
  });
});

describe('a state dict whose keys have a prefix', () => {
  const behind = (prefix: string) =>
    Object.fromEntries(Object.entries(zeros()).map(([key, tensor]) => [prefix + key, tensor]));
  const messageFor = (state: StateDict, options = {}) =>
    refusalOf(() => trainedLayer().loadStateDict(state, options)).message;

  test.each([
    ['module.', "Its keys have the prefix 'module.', which DataParallel puts there; take the entries"],
    ['_orig_mod.', "Its keys have the prefix '_orig_mod.', which torch.compile puts there; take the entries"],
    ['features.bn1.', "Its keys have the prefix 'features.bn1.'; take the entries"],
  ])('%s is refused with what to do', (prefix, advice) => {
    const message = messageFor(behind(prefix));
    expect(message).toContain(advice);
    // The advice is code that does it.
    const code = message.slice(message.indexOf('Object.fromEntries'));
    const state = new Function('state', `return ${code}`)({ ...behind(prefix), other: tf.zeros([1]) });
    const layer = trainedLayer();
    layer.loadStateDict(state);
    expect(numbers(layer.stateDict())).toMatchObject({ weight: [0, 0, 0] });
  });

  test('lists all prefixes that there are', () => {
    expect(messageFor({ ...behind('bn1.'), ...behind('bn2.') })).toContain(
      "have the prefix 'bn1.' (or 'bn2.');",
    );
  });

  test('is not passed over in silence where missing entries may be', () => {
    expect(messageFor(behind('module.'), { strict: false })).toContain(
      'nothing was loaded: no key belongs to this layer. Its keys have the prefix',
    );
  });
});

describe('loadStateDict that is not strict', () => {
  const lenient = { strict: false };

  test('loads what there is', () => {
    const layer = trainedLayer();
    layer.loadStateDict({ bias: tf.zeros([3]) }, lenient);
    expect(numbers(layer.stateDict())).toMatchObject({ weight: [1, 2, 3], bias: [0, 0, 0] });
  });

  test('keeps its count of batches where none is given', () => {
    const layer = trainedLayer(2);
    layer.loadStateDict({ bias: tf.zeros([3]) }, lenient);
    expect(layer.stateDict().num_batches_tracked!.dataSync()[0]).toBe(2);
  });

  test('passes over what it does not know', () => {
    const layer = trainedLayer();
    expect(() => layer.loadStateDict({ momentum_buffer: tf.zeros([7]) }, lenient)).not.toThrow();
  });

  test('still refuses a wrong shape', () => {
    const error = refusalOf(() => trainedLayer().loadStateDict({ bias: tf.zeros([4]) }, lenient));
    expect(error.message).toContain("'bias' is float32 [4] (wanted float32 [3])");
  });
});

test.each([
  [
    'strict that is no boolean',
    { strict: 0 },
    'BatchNorm.loadStateDict: strict must be true or false, got 0',
  ],
  [
    'an option that it does not know',
    { strickt: false },
    "BatchNorm.loadStateDict: unknown option 'strickt'; the options are strict",
  ],
  ['options that are no object', false, 'BatchNorm.loadStateDict: options must be an object, got false'],
])('loadStateDict refuses %s', (_, options, message) => {
  expect(refusalOf(() => trainedLayer().loadStateDict(zeros(), options as never)).message).toBe(message);
});

test.each([null, undefined, 'weights.bin'])('loadStateDict refuses %j in place of a state dict', (state) => {
  expect(refusalOf(() => trainedLayer().loadStateDict(state as never)).message).toBe(
    `BatchNorm: a state dict must be an object of tensors, got ${state}`,
  );
});
