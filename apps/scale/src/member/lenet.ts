import { existsSync, readFileSync } from 'node:fs';
import type { Reducer } from '@bn/core';
import { currentGroup, joinGroup } from '@bn/core/group';
import { createLeNet, type LeNet, randomStreams } from '@bn/lenet';
import type { MpiGroup } from '@bn/mpi';
import { median } from '@bn/tooling/median';
import * as tf from '@tensorflow/tfjs';
import { repeat } from '../measure/timing.js';
import type { GroupResult, StepTime } from '../results.js';
import { agreeIn } from './agree.js';
import type { JobOf } from './job.js';
import { Stopwatch } from './stopwatch.js';

/**
 * A step of LeNet on this rank's part of `images` images: its median, the median of the time in calls of the group (waiting for
 * the slowest rank included), and the bytes that reach this host, if it is a network namespace.
 */
export function measureLeNet(
  group: MpiGroup,
  { images, seconds }: Pick<JobOf<'lenet'>, 'images' | 'seconds'>,
): Omit<GroupResult, 'link' | 'ranks'> {
  const stopwatch = new Stopwatch();
  const model = synchronizedLeNet(stopwatch.timed(group.reducer));
  const optimizer = tf.train.sgd(0.1);
  const { start, end } = group.shard(images);
  const x = tf.randomUniform<tf.Rank.R4>([end - start, 28, 28, 1], 0, 1, 'float32', 1 + group.rank);
  const labels = tf.oneHot(tf.range(0, end - start, 1, 'int32').mod(tf.scalar(10, 'int32')), 10);
  const scale = -group.lossScale(images);
  const loss = () =>
    tf.mul<tf.Scalar>(tf.sum(tf.mul(tf.logSoftmax(model.forward(x, { training: true })), labels)), scale);
  const shares: number[] = [];
  const step = () => {
    stopwatch.milliseconds = 0;
    const { value, grads } = tf.variableGrads(loss, model.trainableWeights);
    const means = stopwatch.time(() => group.averageGradients(grads));
    optimizer.applyGradients(means);
    value.dataSync();
    tf.dispose([value, grads, means]);
    shares.push(stopwatch.milliseconds);
  };
  let before: number | undefined;
  const begin = () => {
    before = receivedBytes();
  };
  const times = repeat(step, { seconds, agree: agreeIn(group), begin });
  const after = receivedBytes();
  tf.dispose([x, labels]);
  model.dispose();
  return {
    step: median(times),
    communication: median(shares.slice(-times.length)),
    ...(before !== undefined && after !== undefined && { received: (after - before) / times.length }),
  };
}

/** A step of LeNet on each number of images. */
export const measureWork = (group: MpiGroup, { sizes, seconds }: JobOf<'work'>): StepTime[] =>
  sizes.map((images) => ({ images, step: measureLeNet(group, { images, seconds }).step }));

/** LeNet as apps/lenet trains it, with batch norms over the group of `reducer`. */
export function synchronizedLeNet(reducer: Reducer): LeNet {
  const joined = currentGroup();
  joinGroup(reducer);
  try {
    return createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
  } finally {
    joinGroup(joined);
  }
}

/** Bytes that have reached the network namespace of this process. */
function receivedBytes(): number | undefined {
  const file = '/sys/class/net/eth0/statistics/rx_bytes';
  return process.env.BN_HOSTS && existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}
