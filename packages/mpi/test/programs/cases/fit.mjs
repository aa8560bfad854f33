/** A model of tf.layers is trained with `fit` on a shard of each batch, or on whole batches, by momentum or adam. */
import { convertSyncBatchNorm } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import { values } from './values.mjs';

const [rows, batches] = [8, 3];

const createOptimizer = {
  momentum: () => tf.train.momentum(0.05, 0.9),
  adam: () => tf.train.adam(0.01),
};

export function together(group, optimizer) {
  const model = createModel(group.rank === 0 ? 5 : undefined);
  convertSyncBatchNorm(model, group.reducer);
  group.broadcastWeights(model.weights.map((weight) => weight.read()));
  return fit(model, group.dataParallel(createOptimizer[optimizer]()), group.shard(rows));
}

export const alone = (optimizer) =>
  fit(createModel(5), createOptimizer[optimizer](), { start: 0, end: rows });

/**
 * Its weights begin at random, or as every member's do. No gradient is 0 by the mathematics, as that of beta would be between two batch
 * norms with nothing but linear layers: Adam makes steps of full length of the rounding errors that are left of it.
 */
function createModel(seed) {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, inputShape: [6, 6, 2] }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'tanh' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, useBias: false }),
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 3, activation: 'sigmoid' }),
    ],
  });
  if (seed !== undefined)
    model.setWeights(model.getWeights().map(({ shape }, index) => tf.abs(values(shape, seed + index))));
  return model;
}

async function fit(model, optimizer, { start, end }) {
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const cut = (tensor) =>
    tf.concat(tf.split(tensor, batches).map((part) => tf.slice(part, [start], [end - start])));
  const x = cut(values([rows * batches, 6, 6, 2], 1));
  const y = cut(values([rows * batches, 3], 2));
  await model.fit(x, y, { epochs: 2, batchSize: end - start, shuffle: false, verbose: 0 });
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}
