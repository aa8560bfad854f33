/** What one training step asks of a GPU, with batch norm composed of tfjs's operations, as tfjs has it, and with ours. */
import { BatchNorm, type BatchNormApplyOptions } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { vi } from 'vitest';
import { LeNet } from '../src/model/lenet.js';
import { epsilon } from '../src/model/norms.js';
import { moveWeights } from '../src/training/step.js';

/** Batch norm of generic operations, channels last, without running statistics. */
class ComposedBatchNorm extends BatchNorm {
  override apply<T extends tf.Tensor>(x: T, _options: BatchNormApplyOptions): T {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes);
    const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), this.gamma!);
    return tf.add(tf.mul(tf.sub(x, mean), scale), this.beta!);
  }
}

function composeNorms(model: LeNet): LeNet {
  for (const name of ['norm1', 'norm2', 'norm3', 'norm4'] as const) {
    const norm = model[name]!;
    const composed = new ComposedBatchNorm({
      numFeatures: norm.trainableWeights[0]!.size,
      dataFormat: 'channelsLast',
    });
    norm.dispose();
    Object.assign(model, { [name]: composed });
  }
  return model;
}

type Method = readonly [target: object, name: string];

/** The methods of a device whose calls are counted. */
export interface Counted {
  readonly programs: Method;
  readonly calls: Method;
  readonly readbacks: Method;
}

export interface StepCosts {
  /** Programs that the first step compiles beside those that are there. */
  readonly programs: number;
  /** Programs, calls and readbacks of a later step. */
  readonly compiled: number;
  readonly calls: number;
  readonly readbacks: number;
}

/** Costs of a step of `batchSize` images without batch norm, with ours, and with a composed one. */
export async function stepCosts(
  counted: Counted,
  batchSize: number,
  parityModel: () => Promise<LeNet>,
): Promise<Record<'without' | 'ours' | 'composed', StepCosts>> {
  // Compiles what all of them have in common.
  const without = costsOf(counted, batchSize, new LeNet({ norm: 'none' }));
  const ours = costsOf(counted, batchSize, await parityModel());
  const composed = costsOf(counted, batchSize, composeNorms(await parityModel()));
  return { without, ours, composed };
}

function costsOf({ programs, calls, readbacks }: Counted, batchSize: number, model: LeNet): StepCosts {
  const spies = [programs, calls, readbacks].map(([target, name]) =>
    vi.spyOn(target as Record<string, () => unknown>, name),
  );
  const counts = () => spies.map((spy) => spy.mock.calls.length) as [number, number, number];
  const optimizer = tf.train.sgd(0.1);
  const images = tf.randomUniform<tf.Rank.R4>([batchSize, 28, 28, 1]);
  const labels = tf.tensor1d(
    Array.from({ length: batchSize }, (_, i) => i % 10),
    'int32',
  );
  const batch = { count: batchSize, images, labels };
  const step = () => tf.dispose(Object.values(moveWeights(model, optimizer, batch)));
  step();
  const [first] = counts();
  step();
  for (const spy of spies) spy.mockClear();
  step();
  const [compiled, asked, read] = counts();
  for (const spy of spies) spy.mockRestore();
  tf.dispose([images, labels]);
  optimizer.dispose();
  model.dispose();
  return { programs: first, compiled, calls: asked, readbacks: read };
}
