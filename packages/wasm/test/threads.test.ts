/** Any number of threads gives the bits of one thread, and leaves nothing behind. */
import '@tensorflow/tfjs';
import {
  batchNormView,
  groupNormView,
  instanceNormView,
  layerNormView,
  type NormalizationView,
  useBackend,
} from '@bn/core';
import { heap, shareAsUsual, shareEverything, takenByWorkers, watchAllocations } from '@bn/wasm-heap/testing';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useThreads, wasmBackend } from '../src/index.js';

beforeAll(async () => {
  shareEverything();
  await useBackend('wasm');
});

afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

const rms = (view: NormalizationView): NormalizationView => ({ ...view, centered: false });

/** Sizes that divide by nothing, with one piece and with several, for each layout. */
const views: readonly (readonly [string, number[], NormalizationView])[] = [
  ['planes', [3, 5, 7, 9], batchNormView([3, 5, 7, 9], 'channelsFirst')],
  ['planes: a single one', [2, 1, 131, 97], batchNormView([2, 1, 131, 97], 'channelsFirst')],
  ['planes: many', [3, 67, 11, 13], batchNormView([3, 67, 11, 13], 'channelsFirst')],
  ['columns', [37, 5], batchNormView([37, 5], 'channelsFirst')],
  ['columns: segments', [1003, 131], batchNormView([1003, 131], 'channelsFirst')],
  ['columns: wide rows', [211, 1501], batchNormView([211, 1501], 'channelsFirst')],
  ['columns: beyond the cache', [4103, 517], batchNormView([4103, 517], 'channelsFirst')],
  ['columns: a single one', [100_003, 1], batchNormView([100_003, 1], 'channelsFirst')],
  ['columns: channels last', [5, 61, 59, 6], batchNormView([5, 61, 59, 6], 'channelsLast')],
  ['rows', [5, 7], layerNormView([5, 7], [7])],
  ['rows: segments', [203, 1001], layerNormView([203, 1001], [1001])],
  ['rows: beyond the cache', [1031, 1021], layerNormView([1031, 1021], [1021])],
  ['rows: not centered', [131, 517], rms(layerNormView([131, 517], [517]))],
  ['rows: groups of features', [301, 240], groupNormView([301, 240], 'channelsFirst', 8)],
  ['rows: a single one', [1, 70_001], layerNormView([1, 70_001], [70_001])],
  ['planes of samples', [3, 12, 9, 11], groupNormView([3, 12, 9, 11], 'channelsFirst', 4)],
  ['planes of samples: one sample', [1, 10, 67, 71], groupNormView([1, 10, 67, 71], 'channelsFirst', 5)],
  ['planes of samples: instances', [7, 13, 5, 3], instanceNormView([7, 13, 5, 3], 'channelsFirst')],
  ['columns of samples', [5, 9, 11, 12], groupNormView([5, 9, 11, 12], 'channelsLast', 3)],
  ['columns of samples: wide rows', [3, 5, 3, 1100], groupNormView([3, 5, 3, 1100], 'channelsLast', 10)],
];

/** The outputs of a kernel as the inputs of another: these kernels want no more of a tensor than its data. */
const asInputs = <Outputs extends object>(outputs: Outputs) =>
  outputs as { [Name in keyof Outputs]: tf.Tensor };

/** What all operations give, as bits. */
function resultsOf(shape: number[], view: NormalizationView, affine: boolean): Uint32Array[] {
  const outputs = tf.tidy(() => {
    const size = tf.util.sizeFromShape(shape);
    const x = tf.sin(tf.range(0, size)).add(3).reshape(shape);
    const dy = tf.cos(tf.range(0, size).mul(0.7)).reshape(shape);
    const gamma = affine ? tf.linspace(0.5, 2, view.channels) : undefined;
    const beta = affine ? tf.linspace(-1, 1, view.channels) : undefined;
    const { y, mean, variance } = asInputs(wasmBackend.forward!(x, gamma, beta, view, 1e-5));
    const sums = asInputs(wasmBackend.gradientSums(dy, x, mean, variance, gamma, view, 1e-5));
    return [
      ...[y, mean, variance],
      ...Object.values(wasmBackend.moments(x, view)),
      wasmBackend.normalize(x, mean, variance, gamma, beta, view, 1e-5),
      ...Object.values(sums),
      wasmBackend.inputGradient(dy, x, mean, variance, gamma, sums, view, 1e-5),
      ...Object.values(wasmBackend.backward!(dy, x, mean, variance, gamma, view, 1e-5)),
    ];
  });
  const backend = tf.backend() as BackendWasm;
  return outputs.map(({ dataId }) => {
    const { buffer } = backend.readSync(dataId as tf.DataId) as Float32Array<ArrayBuffer>;
    backend.disposeData(dataId as tf.DataId);
    return new Uint32Array(buffer);
  });
}

/** Faster than vitest's own comparison, which would print every difference. */
function expectSame(results: Uint32Array[], expected: Uint32Array[], name: string): void {
  for (const [i, result] of results.entries()) {
    const differs = result.findIndex((bits, j) => bits !== expected[i]![j]);
    expect(differs, `${name}, output ${i}: first difference`).toBe(-1);
  }
}

describe('results', () => {
  const plain = new Map<string, Uint32Array[]>();
  const all = () =>
    views.flatMap(([name, shape, view]) =>
      [true, false].map((affine) => [`${name}, ${affine}`, resultsOf(shape, view, affine)] as const),
    );

  it('are those of the backend without threads', () => {
    for (const [name, results] of all()) plain.set(name, results);
    expect(plain.size).toBe(2 * views.length);
  });

  it.each([2, 3, 1])('are the same, bit by bit, with %i threads', async (n) => {
    expect(await useThreads(n)).toBe(n);
    for (const [name, results] of all()) expectSame(results, plain.get(name)!, name);
    expect(takenByWorkers() > 100).toBe(n > 1);
  });

  it('are the same after the heap has grown', async () => {
    await useThreads(3);
    const [name, shape, view] = views[4]!;
    const { buffer } = heap().HEAPU8;
    const large = tf.zeros([buffer.byteLength / 4]);
    expect(heap().HEAPU8.buffer).not.toBe(buffer);
    const taken = takenByWorkers();
    expectSame(resultsOf(shape, view, true), plain.get(`${name}, true`)!, name);
    expect(takenByWorkers()).toBeGreaterThan(taken);
    large.dispose();
  });
});

describe('an operation on threads', () => {
  const [, shape, view] = views[4]!;

  it('frees all the scratch space it allocates', async () => {
    await useThreads(2);
    const { live, stop } = watchAllocations();
    const tensors = tf.memory().numTensors;
    resultsOf(shape, view, true);
    stop();
    expect(live).toEqual(new Set());
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('leaves small tensors to one thread', async () => {
    await useThreads(2);
    shareAsUsual();
    const taken = takenByWorkers();
    resultsOf([37, 5], batchNormView([37, 5], 'channelsFirst'), true);
    expect(takenByWorkers()).toBe(taken);
    shareEverything();
  });
});
