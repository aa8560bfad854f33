/**
 * Trains LeNet in a group of processes, or alone if it is started alone. Each member writes <folder>/<rank>.json.
 *
 *     trainShards.mjs <folder>
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  alone,
  BatchGatherer,
  createLeNet,
  decodeCheckpoint,
  exportState,
  randomStreams,
  startOfEpoch,
  takeStep,
  train,
} from '@bn/lenet';
import { defaultPlaces, loadDataset, startBackend } from '@bn/lenet/node';
import { isLaunched, startMpi } from '@bn/mpi';
import * as tf from '@tensorflow/tfjs';

/** Those of golden/lenet-float64.json. */
const learningRates = [0.9, 0.1];
const [folder] = process.argv.slice(2);
const group = isLaunched() ? await startMpi() : alone;
await startBackend('wasm');
const mini = await loadDataset('mini', { places: defaultPlaces() });
const first = ({ pixels, labels }, count) => ({
  count,
  pixels: pixels.subarray(0, count * 784),
  labels: labels.subarray(0, count),
});

/** Of the first training images, by the trainer's loop. */
async function trainOn(trainCount, { batchSize, epochs, learningRate }) {
  const { initialization, shuffling } = randomStreams(0);
  const model = createLeNet({ norm: 'batch' }, initialization);
  const losses = [];
  const dataset = { train: first(mini.train, trainCount), test: first(mini.test, 100) };
  const history = await train(
    model,
    dataset,
    { epochs, batchSize, learningRate, from: startOfEpoch(1, shuffling), group },
    { onStep: ({ batchLoss }) => void losses.push(batchLoss) },
  );
  const tested = history.flatMap(({ testLoss, testAccuracy }) => [testLoss, testAccuracy]);
  return { losses, tested, ...(await stateOf(model)) };
}

/** 50 steps on consecutive slices of the training images, from the golden weights, as scripts/make_float64.py takes them. */
async function stepAtRate(learningRate) {
  const [steps, batchSize] = [50, 256];
  const model = decodeCheckpoint(
    readFileSync(new URL('../../golden/lenet-parity.safetensors', import.meta.url)),
  );
  const optimizer = tf.train.sgd(learningRate);
  const order = Uint32Array.from({ length: steps * batchSize }, (_, index) => index % mini.train.count);
  const gatherer = new BatchGatherer(mini.train, batchSize);
  const losses = [];
  for (let start = 0; start < order.length; start += batchSize) {
    const batch = gatherer.gather(order, start, (count) => group.shard(count));
    losses.push((await takeStep(model, optimizer, batch, { group })).loss);
    tf.dispose([batch.images, batch.labels]);
  }
  return { losses, ...(await stateOf(model)) };
}

async function stateOf(model) {
  const state = await exportState(model);
  model.dispose();
  const hash = createHash('sha256');
  for (const { data } of Object.values(state))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const running = Object.entries(state)
    .filter(([name]) => /running/.test(name))
    .flatMap(([, { data }]) => [...data]);
  return { running, sha256: hash.digest('hex') };
}

const told = {
  standard: await trainOn(2560, { batchSize: 256, epochs: 1, learningRate: 0.9 }),
  // Batches that no number from 2 to 4 divides, and a last one of three images: a fourth member has none.
  uneven: await trainOn(253, { batchSize: 125, epochs: 1, learningRate: 0.1 }),
  steps: [],
};
for (const learningRate of learningRates) told.steps.push(await stepAtRate(learningRate));
writeFileSync(join(folder, `${group.rank}.json`), JSON.stringify(told));
