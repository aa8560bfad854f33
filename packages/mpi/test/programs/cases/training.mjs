/** A small network is trained on shards of batches of so many rows, or on whole batches. */
import { BatchNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { values } from './values.mjs';

export function together(group, rows) {
  const total = Number(rows);
  const optimizer = group.dataParallel(tf.train.momentum(0.01, 0.9));
  return train(total, group.shard(total), group.lossScale(total), optimizer, group.reducer);
}

export function alone(rows) {
  const total = Number(rows);
  return train(total, { start: 0, end: total }, 1 / total, tf.train.momentum(0.01, 0.9));
}

/** Takes some steps on rows `start` to `end` of each batch of `total`. */
function train(total, { start, end }, scale, optimizer, reducer) {
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
