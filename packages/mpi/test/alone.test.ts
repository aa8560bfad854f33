/** A process that was started alone: a group of one, which needs no MPI. */
import { currentGroup } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type MpiGroup, startMpi } from '../src/index.js';

let group: MpiGroup;
beforeAll(async () => {
  await tf.setBackend('cpu');
  group = await startMpi();
});

describe('a process that was started alone', () => {
  it('is a group of one, which layers find', () => {
    expect(group).toMatchObject({ rank: 0, size: 1, library: undefined });
    expect(currentGroup()).toBe(group.reducer);
  });

  it('gets the same group again', async () => {
    expect(await startMpi({ size: 1 })).toBe(group);
  });

  it('has all rows, and the mean loss', () => {
    expect(group.shard(10)).toEqual({ start: 0, end: 10 });
    expect(group.lossScale(10)).toBe(0.1);
  });

  it('averages gradients to copies of them, and leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    const gradients = { a: tf.tensor1d([1, 2]) };
    const means = group.averageGradients(gradients);
    expect([...means.a!.dataSync()]).toEqual([1, 2]);
    gradients.a.dispose();
    expect([...means.a!.dataSync()]).toEqual([1, 2]);
    tf.dispose(means);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('steps as the optimizer that it wraps, which keeps its name and weights, and leaves no tensors behind', async () => {
    const x = tf.variable(tf.scalar(3));
    const own = tf.train.momentum(0.1, 0.9);
    const optimizer = group.dataParallel(own);
    optimizer.minimize(() => tf.square(x));
    const before = tf.memory().numTensors;
    for (let step = 1; step < 3; step++) optimizer.minimize(() => tf.square(x));
    expect(tf.memory().numTensors).toBe(before);
    const y = tf.variable(tf.scalar(3));
    const other = tf.train.momentum(0.1, 0.9);
    for (let step = 0; step < 3; step++) other.minimize(() => tf.square(y));
    expect(x.dataSync()).toEqual(y.dataSync());
    expect(optimizer.getClassName()).toBe('Momentum');
    expect((await optimizer.getWeights()).map(({ tensor }) => tensor.dataSync())).toEqual(
      (await own.getWeights()).map(({ tensor }) => tensor.dataSync()),
    );
    expect(optimizer.iterations).toBe(own.iterations);
    tf.dispose([x, y]);
    other.dispose();
    optimizer.dispose();
  });

  it.each([
    [() => group.shard(-1), 'shard: total must be an integer from 0 on, got -1'],
    [() => group.shard(2.5), 'shard: total must be an integer from 0 on, got 2.5'],
    [() => group.lossScale(0), 'lossScale: total must be an integer from 1 on, got 0'],
    [() => group.dataParallel({} as tf.Optimizer), 'dataParallel: expected an optimizer of tfjs'],
  ])('refuses arguments out of their range: %#', (call, message) => {
    expect(call).toThrow(message);
  });

  it.each([
    [0, 'startMpi: size must be an integer from 1 on, got 0'],
    [2, 'startMpi: expected a group of 2 processes, got 1: start the program by mpirun or mpiexec'],
  ])('refuses to be a group of %i', async (size, message) => {
    await expect(startMpi({ size })).rejects.toThrow(message);
  });
});
