/** A device that is lost, before a step or in the middle of one, is an error that says so; training goes on from a saved state. */
import { BatchNorm, batchNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { DeviceLostError } from '../src/errors.js';
import { startWebGpu } from './support/start.js';

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

/** As the README says. */
async function startAnew(): Promise<void> {
  const factory = tf.findBackendFactory('webgpu');
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', factory, 3);
  await useBackend('webgpu');
  await startWebGpu();
}

function trainer() {
  const layer = new BatchNorm({ numFeatures: 3 });
  const x = tf.randomNormal([4, 3, 5, 5], 3, 2, 'float32', 1);
  const optimizer = tf.train.sgd(0.1);
  /** `between` runs after the forward pass and before the backward pass. */
  const step = (between = () => {}): tf.Scalar =>
    optimizer.minimize(() => {
      const y = layer.apply(x, { training: true });
      between();
      return tf.mean(tf.square(tf.sub(y, tf.sigmoid(x))));
    }, true) as tf.Scalar;
  const dispose = () => {
    layer.dispose();
    x.dispose();
    optimizer.dispose();
  };
  return { layer, step, dispose };
}

type State = Record<string, { values: tf.TypedArray; shape: number[]; dtype: tf.DataType }>;

async function save(layer: BatchNorm): Promise<State> {
  const state = layer.stateDict();
  const entries = Object.entries(state).map(async ([name, tensor]) => {
    const { shape, dtype } = tensor;
    return [name, { values: await tensor.data(), shape, dtype }] as const;
  });
  const saved = Object.fromEntries(await Promise.all(entries));
  tf.dispose(state);
  return saved;
}

function load(layer: BatchNorm, state: State): void {
  const tensors = Object.fromEntries(
    Object.entries(state).map(([name, { values, shape, dtype }]) => [name, tf.tensor(values, shape, dtype)]),
  );
  layer.loadStateDict(tensors);
  tf.dispose(tensors);
}

it('an operation on a lost device says what is lost with it, and leaves nothing behind', async () => {
  const onGpu = tf.tidy(() => tf.relu(tf.ones([8, 4])));
  const x = tf.ones([6, 4]);
  device().destroy();
  await device().lost;
  const tensors = tf.memory().numTensors;
  const run = () => batchNorm(x);
  expect(run).toThrow(DeviceLostError);
  expect(run).toThrow(/ 1 tensors of 128 bytes.*removeBackend\('webgpu'\).*saved state/);
  expect(tf.memory().numTensors).toBe(tensors);
  await expect(useBackend('webgpu').then(() => onGpu.data())).rejects.toMatchObject({
    code: 'BN_WEBGPU_DEVICE_LOST',
  });
  tf.dispose([onGpu, x]);
  await startAnew();
  const { y, mean, variance } = batchNorm(tf.tensor2d([1, 3], [2, 1]));
  expect(await mean.data()).toEqual(new Float32Array([2]));
  tf.dispose([y, mean, variance]);
});

it('a device that is lost in the middle of a step gives no numbers, and training resumes where it was saved', async () => {
  const uninterrupted = trainer();
  for (let i = 0; i < 8; i++) uninterrupted.step().dispose();
  const wanted = await save(uninterrupted.layer);
  uninterrupted.dispose();

  const interrupted = trainer();
  for (let i = 0; i < 5; i++) interrupted.step().dispose();
  const saved = await save(interrupted.layer);
  const loss = interrupted.step(() => device().destroy());
  await expect(loss.data()).rejects.toMatchObject({
    code: 'BN_WEBGPU_DEVICE_LOST',
    message: /\d+ tensors of \d+ bytes/,
  });
  expect(() => interrupted.step()).toThrow(DeviceLostError);
  await expect(save(interrupted.layer)).rejects.toBeInstanceOf(DeviceLostError);
  loss.dispose();
  interrupted.dispose();

  await startAnew();
  const resumed = trainer();
  load(resumed.layer, saved);
  for (let i = 0; i < 3; i++) resumed.step().dispose();
  expect(await save(resumed.layer)).toEqual(wanted);
  resumed.dispose();
});
