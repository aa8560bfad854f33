import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  LayerNorm,
  NormalizationError,
  recomputeRunningStats,
  registerBackend,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

type Arguments = Parameters<typeof recomputeRunningStats<never>>;

const x = sample([5, 4]);
const make = (options = {}) => new BatchNorm({ numFeatures: 4, ...options });

/** The NormalizationError that the call ends in. */
async function refusal(...args: unknown[]): Promise<NormalizationError> {
  const error = await recomputeRunningStats(...(args as Arguments)).catch((reason: unknown) => reason);
  if (error instanceof NormalizationError) return error;
  throw error ?? new Error('the call was not refused');
}

const train = (layer: BatchNorm) => () => layer.apply(x, { training: true });
const twice = make();
const pair = [make(), make()];

const refusals: [mistake: string, args: unknown[], message: string][] = [
  ['one layer for a list', [make(), [x]], 'layers must be a list of BatchNorm layers, got object'],
  ['no layers', [[], [x]], 'layers must be a list of BatchNorm layers, got an empty one'],
  [
    'a layer of another kind',
    [[make(), new LayerNorm({ normalizedShape: 4 })], [x]],
    'layers[1] must be a BatchNorm, got object',
  ],
  ['null among the layers', [[null], [x]], 'layers[0] must be a BatchNorm, got null'],
  [
    'a layer without running statistics',
    [[make({ trackRunningStats: false })], [x]],
    'layers[0] must keep running statistics, got a BatchNorm with trackRunningStats: false',
  ],
  ['a layer twice', [[twice, twice], [x]], 'layers[1] is listed twice'],
  [
    'a tensor for batches',
    [[make()], x],
    'batches must be a list, a generator or an async generator, got object',
  ],
  ['no batches', [[make()]], 'batches must be a list, a generator or an async generator, got undefined'],
  [
    'a forward that is no function',
    [[make()], [x], 'model'],
    'forward must be a function of a batch, got string',
  ],
  [
    'tensors for several layers without forward',
    [[make(), make()], [x]],
    'without forward a batch must be a function that runs the model, or the x of a single layer, got a tensor for 2 layers',
  ],
  [
    'batches that it cannot use without forward',
    [[make()], [7]],
    'without forward a batch must be a function that runs the model, or the x of a single layer, got number',
  ],
  [
    'a forward that returns a promise',
    [[make()], [x], () => Promise.reject(new Error('late'))],
    'forward must run the model before it returns, got a promise; load what it needs in batches',
  ],
  [
    'an empty list of batches',
    [[make()], []],
    'layers[0] saw no values, so that nothing was changed; every batch must call it with { training: true }, and not ' +
      'mask all of it',
  ],
  [
    'a layer that the model leaves out',
    [pair, [train(pair[0]!)]],
    'layers[1] saw no values, so that nothing was changed; every batch must call it with { training: true }, and not ' +
      'mask all of it',
  ],
];

describe.each(refusals)('recomputeRunningStats refuses %s', (_, args, message) => {
  test('with a message that says so', async () => {
    expect(await refusal(...args)).toMatchObject({
      code: 'BN_OPTION',
      message: `recomputeRunningStats: ${message}`,
    });
  });

  test('and leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    await refusal(...args);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('recomputeRunningStats changes no layer where one saw no values', async () => {
  await refusal(pair, [train(pair[0]!)]);
  expect(Array.from(pair[0]!.runningMean!.dataSync())).toEqual([0, 0, 0, 0]);
});

test('recomputeRunningStats refuses a layer that is being recomputed already', async () => {
  const layer = make();
  const inner = { code: '', message: '' };
  async function* batches() {
    const { code, message } = await refusal([layer], [x]);
    Object.assign(inner, { code, message });
    yield x;
  }
  await recomputeRunningStats([layer], batches());
  expect(inner).toEqual({
    code: 'BN_OPTION',
    message: 'recomputeRunningStats: layers[0] is being recomputed already',
  });
});

test('recomputeRunningStats refuses a disposed layer', async () => {
  const layer = make();
  layer.dispose();
  expect((await refusal([layer], [x])).code).toBe('BN_DISPOSED');
});

test('recomputeRunningStats refuses a layer that was disposed meanwhile, and changes no other', async () => {
  const [kept, lost] = [make(), make()];
  const run = () => {
    train(kept)();
    train(lost)();
    lost.dispose();
  };
  expect((await refusal([kept, lost], [run])).code).toBe('BN_DISPOSED');
  expect(Array.from(kept.runningMean!.dataSync())).toEqual([0, 0, 0, 0]);
});
