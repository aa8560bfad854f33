import { readFileSync } from 'node:fs';
import { readSafetensors, writeSafetensors } from '@bn/exchange';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { CheckpointError } from '../src/errors.js';
import { exportState } from '../src/model/arrays.js';
import { decodeCheckpoint, encodeCheckpoint } from '../src/model/checkpoint.js';
import { createLeNet } from '../src/model/initialization.js';
import { type Norm, normNames, type Placement } from '../src/model/norms.js';
import { randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';

/** Initial weights that PyTorch drew and wrote. */
const fromPyTorch = readFileSync(new URL('../golden/lenet-parity.safetensors', import.meta.url));

beforeAll(() => startBackend('cpu'));

const newModel = (norm: Norm = 'batch', placement: Placement = 'before') =>
  createLeNet({ norm, placement }, randomStreams(1).initialization);

test("a checkpoint's names, dtypes and shapes are those of PyTorch's state dict", async () => {
  const own = readSafetensors(await encodeCheckpoint(newModel())).arrays;
  const theirs = readSafetensors(fromPyTorch).arrays;
  const describe = (arrays: typeof own) =>
    Object.entries(arrays)
      .map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`)
      .sort();
  expect(describe(own)).toEqual(describe(theirs));
  expect(describe(own)).toContain('norm1.num_batches_tracked I64 []');
});

test("PyTorch's weights survive loading and saving bit by bit", async () => {
  const saved = readSafetensors(await encodeCheckpoint(decodeCheckpoint(fromPyTorch)));
  expect(saved.arrays).toEqual(readSafetensors(fromPyTorch).arrays);
});

test('weights stand where tfjs wants them: filters HWIO, kernels [in, out], flattened images channels last', () => {
  const model = decodeCheckpoint(fromPyTorch);
  const { arrays } = readSafetensors(fromPyTorch);
  const element = (tensor: tf.Tensor, ...at: number[]) =>
    tf
      .slice(
        tensor,
        at,
        at.map(() => 1),
      )
      .dataSync()[0];
  expect(model.conv2.weight.shape).toEqual([5, 5, 6, 16]);
  expect(element(model.conv2.weight, 1, 2, 3, 4)).toBe(
    arrays['conv2.weight']!.data[((4 * 6 + 3) * 5 + 1) * 5 + 2],
  );
  expect(element(model.fc2.weight, 7, 11)).toBe(arrays['fc2.weight']!.data[11 * 120 + 7]);
  const [row, column, channel, output] = [1, 2, 3, 5] as const;
  expect(element(model.fc1.weight, (row * 4 + column) * 16 + channel, output)).toBe(
    arrays['fc1.weight']!.data[output * 256 + (channel * 4 + row) * 4 + column],
  );
});

test.each(normNames)('a model with norm %s is the same after a round trip', async (norm) => {
  const model = newModel(norm);
  const bytes = await encodeCheckpoint(model, { epoch: '3' });
  const loaded = decodeCheckpoint(bytes);
  expect(loaded.norm).toBe(norm);
  expect(await exportState(loaded)).toEqual(await exportState(model));
  expect(readSafetensors(bytes).metadata).toEqual({ format: 'pt', epoch: '3', norm, placement: 'before' });
});

test('the placement of the norm is part of it', async () => {
  const loaded = decodeCheckpoint(await encodeCheckpoint(newModel('batch', 'after')));
  expect(loaded.placement).toBe('after');
});

test('running statistics and their counter are part of it', async () => {
  const model = newModel();
  tf.tidy(() => model.norm4?.apply(tf.randomNormal([8, 84], 5), { training: true }));
  const { arrays } = readSafetensors(await encodeCheckpoint(decodeCheckpoint(await encodeCheckpoint(model))));
  expect(arrays['norm4.num_batches_tracked']!.data).toEqual(BigInt64Array.of(1n));
  expect(arrays['norm4.running_mean']!.data[0]).toBeCloseTo(0.5, 0);
});

test('initial weights are Xavier-uniform and initial biases uniform in 1/sqrt(fan in), as in the tutorial', async () => {
  const state = await exportState(newModel());
  const largest = (name: string) =>
    (state[name]!.data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const bounds = {
    'conv1.weight': Math.sqrt(6 / (25 + 150)),
    'conv2.weight': Math.sqrt(6 / (150 + 400)),
    'fc1.weight': Math.sqrt(6 / (256 + 120)),
    'fc3.weight': Math.sqrt(6 / (84 + 10)),
    'fc1.bias': 1 / 16,
  };
  for (const [name, bound] of Object.entries(bounds)) {
    expect(largest(name)).toBeLessThanOrEqual(bound);
    expect(largest(name)).toBeGreaterThan(0.9 * bound);
  }
});

test('a checkpoint of another norm is refused with all differences', async () => {
  const bytes = await encodeCheckpoint(newModel('none'));
  const load = () => decodeCheckpoint(bytes, 'batch');
  expect(load).toThrow(CheckpointError);
  expect(load).toThrow(/norm 'batch'; nothing was loaded/);
  for (const norm of ['norm1', 'norm2', 'norm3', 'norm4']) {
    for (const key of ['weight', 'bias', 'running_mean', 'running_var']) {
      expect(load).toThrow(`${norm}.${key}: expected `);
    }
  }
});

test('missing, unexpected and misshapen entries are listed together', () => {
  const { 'fc3.bias': _, ...arrays } = readSafetensors(fromPyTorch).arrays;
  const bytes = writeSafetensors({
    arrays: {
      ...arrays,
      'conv1.weight': { dtype: 'F32', shape: [6, 3, 5, 5], data: new Float32Array(450) },
      'fc4.bias': { dtype: 'I64', shape: [1], data: new BigInt64Array(1) },
    },
    metadata: {},
  });
  const load = () => decodeCheckpoint(bytes);
  expect(load).toThrow('conv1.weight: expected F32 [6, 1, 5, 5], got F32 [6, 3, 5, 5]');
  expect(load).toThrow('fc3.bias: expected F32 [10], missing');
  expect(load).toThrow('fc4.bias: not expected, got I64 [1]');
});

test.each([['module.'], ['_orig_mod.'], ['module._orig_mod.']])(
  'a network that was wrapped is read: the names begin with %s',
  async (prefix) => {
    const { arrays } = readSafetensors(fromPyTorch);
    const wrapped = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]));
    const model = decodeCheckpoint(writeSafetensors({ arrays: wrapped, metadata: {} }));
    expect(readSafetensors(await encodeCheckpoint(model)).arrays).toEqual(arrays);
  },
);

test('a checkpoint without counts of batches is read, as PyTorch reads it', async () => {
  const { arrays } = readSafetensors(fromPyTorch);
  const older = Object.entries(arrays).filter(([name]) => !name.endsWith('num_batches_tracked'));
  const model = decodeCheckpoint(writeSafetensors({ arrays: Object.fromEntries(older), metadata: {} }));
  expect(readSafetensors(await encodeCheckpoint(model)).arrays).toMatchObject(Object.fromEntries(older));
});

test('a count beyond 2^31 is read and written', async () => {
  const { arrays } = readSafetensors(fromPyTorch);
  const count = { dtype: 'I64' as const, shape: [], data: BigInt64Array.of(2n ** 32n) };
  const bytes = writeSafetensors({ arrays: { ...arrays, 'norm1.num_batches_tracked': count }, metadata: {} });
  const saved = readSafetensors(await encodeCheckpoint(decodeCheckpoint(bytes)));
  expect(saved.arrays['norm1.num_batches_tracked']).toEqual(count);
});

test('a count that a converter wrote as a float is read if it is whole', async () => {
  const { arrays } = readSafetensors(fromPyTorch);
  const withCount = (value: number) => {
    const count = { dtype: 'F32' as const, shape: [], data: Float32Array.of(value) };
    return writeSafetensors({ arrays: { ...arrays, 'norm1.num_batches_tracked': count }, metadata: {} });
  };
  const saved = readSafetensors(await encodeCheckpoint(decodeCheckpoint(withCount(7))));
  expect(saved.arrays['norm1.num_batches_tracked']).toEqual({
    dtype: 'I64',
    shape: [],
    data: BigInt64Array.of(7n),
  });
  for (const value of [7.5, -1, Number.NaN]) {
    expect(() => decodeCheckpoint(withCount(value))).toThrow(
      'norm1.num_batches_tracked: expected I64 [], got F32 []',
    );
  }
});

test('a checkpoint whose dtype cannot be converted is not called damaged', () => {
  const header = Buffer.from(JSON.stringify({ a: { dtype: 'C64', shape: [1], data_offsets: [0, 8] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const load = () => decodeCheckpoint(Buffer.concat([length, header, Buffer.alloc(8)]));
  expect(load).toThrow(CheckpointError);
  expect(load).toThrow(/^'a': expected the dtype F32, .*got "C64"$/);
});

test('a refused checkpoint leaves no tensors behind', async () => {
  const bytes = await encodeCheckpoint(newModel('none'));
  const before = tf.memory().numTensors;
  expect(() => decodeCheckpoint(bytes, 'batch')).toThrow(CheckpointError);
  expect(tf.memory().numTensors).toBe(before);
});

test('a truncated checkpoint is refused', () => {
  expect(() => decodeCheckpoint(fromPyTorch.subarray(0, -1))).toThrow(
    /not a valid safetensors file.*truncated/,
  );
});

test('a checkpoint of a norm that nobody knows is refused', () => {
  const { arrays } = readSafetensors(fromPyTorch);
  const bytes = writeSafetensors({ arrays, metadata: { norm: 'constructor' } });
  expect(() => decodeCheckpoint(bytes)).toThrow(
    "trained with the norm 'constructor', known are batch, layer, group, instance, none",
  );
});
