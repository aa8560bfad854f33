/**
 * Trains a small network on shards of each batch, and on rank 0 again alone on whole batches.
 *
 *     training.mjs <rows of a batch>
 */
import { hostname } from 'node:os';
import '@bn/cpu-ref';
import { BatchNorm } from '@bn/core';
import { startMpi } from '@bn/mpi';
import * as tf from '@tensorflow/tfjs';
import { tell } from './tell.mjs';

const total = Number(process.argv[2]);
await tf.setBackend('cpu');
const group = await startMpi();

/** The same values in every process. */
const values = (shape, seed) =>
  tf.tensor(
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
      Math.sin(seed + 7 * index),
    ),
    shape,
  );

/** Takes some steps on rows `start` to `end` of each batch. */
function train({ start, end }, scale, optimizer, reducer) {
  const norm = new BatchNorm({ numFeatures: 4, ...(reducer && { reducer }) });
  const weights = [tf.variable(values([5, 4], 1)), tf.variable(values([4, 3], 2))];
  const losses = [];
  for (let step = 0; step < 5; step++) {
    const x = values([total, 5], 10 + step).slice([start, 0], [end - start, 5]);
    const target = values([total, 3], 20 + step).slice([start, 0], [end - start, 3]);
    const loss = optimizer.minimize(() => {
      const hidden = tf.relu(norm.apply(tf.matMul(x, weights[0]), { training: true }));
      return tf.mul(tf.sum(tf.squaredDifference(tf.matMul(hidden, weights[1]), target)), scale);
    }, true);
    losses.push(loss.dataSync()[0]);
  }
  return {
    losses,
    weights: [...weights, norm.gamma, norm.beta].flatMap((weight) => [...weight.dataSync()]),
    running: [norm.runningMean, norm.runningVariance].flatMap((weight) => [...weight.dataSync()]),
  };
}

const shard = train(
  group.shard(total),
  group.lossScale(total),
  group.dataParallel(tf.train.momentum(0.01, 0.9)),
  group.reducer,
);
group.finalize();
const whole =
  group.rank === 0 ? train({ start: 0, end: total }, 1 / total, tf.train.momentum(0.01, 0.9)) : null;
tell({ rank: group.rank, host: hostname(), shard, whole });
