/** What one training step asks of the GPU, with batch norm composed of tfjs's operations, as tfjs has it, and with ours. */
import '@bn/webgl';
import { BatchNorm, type BatchNormApplyOptions, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test, vi } from 'vitest';
import { LeNet } from '../../src/model/lenet.js';
import { epsilon } from '../../src/model/norms.js';
import { moveWeights } from '../../src/training/step.js';
import { parityModel } from './fixtures.js';

/** Batch norm of generic operations, channels last, without running statistics. */
class ComposedBatchNorm extends BatchNorm {
  override apply<T extends tf.Tensor>(x: T, _options: BatchNormApplyOptions): T {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes);
    const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), this.gamma!);
    return tf.add(tf.mul(tf.sub(x, mean), scale), this.beta!);
  }
}

function composeNorms(model: LeNet): void {
  for (const name of ['norm1', 'norm2', 'norm3', 'norm4'] as const) {
    const norm = model[name]!;
    const composed = new ComposedBatchNorm({
      numFeatures: norm.trainableWeights[0]!.size,
      dataFormat: 'channelsLast',
    });
    norm.dispose();
    Object.assign(model, { [name]: composed });
  }
}

/** Programs that the first step compiles beside those that are there, and what a later one asks for beside the upload of its batch. */
async function costsOf(model: LeNet) {
  const { gl } = (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
  const spies = (['linkProgram', 'drawElements', 'readPixels'] as const).map((method) =>
    vi.spyOn(gl, method),
  );
  const optimizer = tf.train.sgd(0.1);
  const images = tf.randomUniform<tf.Rank.R4>([32, 28, 28, 1]);
  const labels = tf.tensor1d(
    Array.from({ length: 32 }, (_, i) => i % 10),
    'int32',
  );
  const step = () => tf.dispose(Object.values(moveWeights(model, optimizer, { count: 32, images, labels })));
  const counts = () => spies.map((spy) => spy.mock.calls.length);
  step();
  const [programs] = counts();
  step();
  for (const spy of spies) spy.mockClear();
  step();
  const [compiled, draws, readbacks] = counts();
  for (const spy of spies) spy.mockRestore();
  tf.dispose([images, labels]);
  optimizer.dispose();
  model.dispose();
  return { programs: programs!, compiled: compiled!, draws: draws!, readbacks: readbacks! };
}

test('a step with our batch norm takes half the draws, and reads nothing back', async () => {
  await useBackend('webgl');
  // Compiles what all of them have in common.
  const without = await costsOf(new LeNet({ norm: 'none' }));
  const ours = await costsOf(await parityModel());
  const model = await parityModel();
  composeNorms(model);
  const composed = await costsOf(model);
  console.log('one step without batch norm:', without, 'ours:', ours, 'composed:', composed);
  expect(ours.compiled).toBe(0);
  expect(ours.readbacks).toBe(0);
  // As the README of @bn/webgl has it.
  expect(ours.programs).toBe(12);
  expect(ours.draws - without.draws).toBe(52);
  expect(composed.programs).toBe(90);
  expect(composed.draws - without.draws).toBe(328);
  expect(ours.draws).toBeLessThan(composed.draws / 2);
});
