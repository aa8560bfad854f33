/** Trains a model of tf.layers with `fit` on half of each batch, and on rank 0 again alone. */
import '@bn/cpu-ref';
import { convertSyncBatchNorm } from '@bn/layers';
import { startMpi } from '@bn/mpi';
import * as tf from '@tensorflow/tfjs';
import { tell } from './tell.mjs';

await tf.setBackend('cpu');
const group = await startMpi();
const [rows, batches] = [8, 3];

const values = (shape, seed) =>
  tf.tensor(
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
      Math.sin(seed + 7 * index),
    ),
    shape,
  );

/** Its weights begin at random, or as every member's do. */
function createModel(seed) {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, inputShape: [5], useBias: false }),
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
    tf.concat(tf.split(tensor, batches).map((part) => part.slice([start, 0], [end - start, -1])));
  const x = cut(values([rows * batches, 5], 1));
  const y = cut(values([rows * batches, 3], 2));
  await model.fit(x, y, { epochs: 2, batchSize: end - start, shuffle: false, verbose: 0 });
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}

const shared = createModel(group.rank === 0 ? 5 : undefined);
convertSyncBatchNorm(shared, group.reducer);
group.broadcastWeights(shared.weights.map((weight) => weight.read()));
const shard = await fit(shared, group.dataParallel(tf.train.momentum(0.05, 0.9)), group.shard(rows));
group.finalize();
const whole =
  group.rank === 0 ? await fit(createModel(5), tf.train.momentum(0.05, 0.9), { start: 0, end: rows }) : null;
tell({ rank: group.rank, shard, whole });
