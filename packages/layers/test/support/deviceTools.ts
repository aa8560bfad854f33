/** What a page does with a whole model that has batch norm of this package and of tf.layers, and what comes of it. */
import * as tf from '@tensorflow/tfjs';
import {
  BatchNormalization,
  foldBatchNorms,
  freezeBatchNorms,
  recomputeRunningStats,
  replaceNormalization,
} from '../../src/index.js';
import { arrays, type Outcome, setValues, taken } from './deviceLayers.js';
import { images } from './models.js';

/** A network of images with four batch norm layers, whose weights and statistics are those of no start. */
function network(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [6, 6, 3] }),
      new BatchNormalization(),
      tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'linear' }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.permute({ dims: [3, 1, 2] }),
      new BatchNormalization({ axis: 1 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
      new BatchNormalization({ scale: false }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  const number = (i: number, isVariance: boolean) => Math.sin(7 * i) / 2 + (isVariance ? 1 : 0);
  setValues(
    model,
    model.weights.map(({ shape, originalName }) =>
      Array.from({ length: tf.util.sizeFromShape(shape as number[]) }, (_, i) =>
        number(i + shape.length, originalName.endsWith('variance')),
      ),
    ),
  );
  return model;
}

const predictions = (model: tf.LayersModel, x: tf.Tensor) => taken(model.predict(x) as tf.Tensor);
const fit = (model: tf.LayersModel, { x, y }: { x: tf.Tensor; y: tf.Tensor }) =>
  model.fit(x, y, { batchSize: 8, shuffle: false, verbose: 0 });

type Tool = (model: tf.Sequential, data: { x: tf.Tensor4D; y: tf.Tensor2D }) => Promise<Outcome>;

export const tools: Readonly<Record<string, Tool>> = {
  foldBatchNorms: async (model, { x }) => {
    const { model: smaller, folded, largestDifference } = await foldBatchNorms(model, { batch: x });
    const outcome = {
      prediction: await predictions(smaller, x),
      weights: await arrays(smaller.getWeights()),
      report: [[folded.length, Math.round(largestDifference! * 1e3)]],
    };
    smaller.dispose();
    return outcome;
  },
  freezeBatchNorms: async (model, data) => {
    freezeBatchNorms(model);
    model.compile({ optimizer: model.optimizer, loss: 'meanSquaredError' });
    await fit(model, data);
    return { weights: await arrays(model.getWeights()), prediction: await predictions(model, data.x) };
  },
  recomputeRunningStats: async (model, { x }) => {
    const batches = tf.split(x, [10, 6]);
    await recomputeRunningStats(model, batches);
    const weights = await arrays(model.getWeights());
    await recomputeRunningStats(model, batches, { layerByLayer: true });
    tf.dispose(batches);
    return { weights, layerByLayer: await arrays(model.getWeights()) };
  },
  replaceNormalization: async (model, data) => {
    const { model: renormalized } = replaceNormalization(model, 'group', {
      groups: 2,
      only: (name) => name !== model.layers.at(-1)!.name,
    });
    renormalized.compile({ optimizer: model.optimizer, loss: 'meanSquaredError' });
    await fit(renormalized, data);
    const outcome = { prediction: await predictions(renormalized, data.x) };
    renormalized.dispose();
    return outcome;
  },
  'training without new statistics': async (model, { x }) => {
    const output = model.apply(x, { training: true, updateStatistics: false }) as tf.Tensor;
    return { output: await taken(output), weights: await arrays(model.getWeights()) };
  },
};

/** Of the network above, on the current backend. */
export async function toolOutcome(tool: Tool): Promise<Outcome> {
  const [model, data] = [network(), images(16)];
  const outcome = await tool(model, data);
  tf.dispose([data.x, data.y]);
  model.dispose();
  model.optimizer.dispose();
  return outcome;
}

/** Trains a batch norm whose padding a mask leaves out. */
export async function maskedOutcome(): Promise<Outcome> {
  const model = tf.sequential({
    layers: [
      tf.layers.masking({ maskValue: 0, inputShape: [5, 3] }),
      new BatchNormalization({ momentum: 0 }),
      tf.layers.dense({ units: 1, kernelInitializer: 'ones' }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  const values = Array.from({ length: 60 }, (_, i) => (Math.floor(i / 3) % 3 === 0 ? 0 : Math.sin(i)));
  const x = tf.tensor(values, [4, 5, 3]);
  const y = tf.ones([4, 5, 1]);
  await fit(model, { x, y });
  const outcome = { weights: await arrays(model.getWeights()), prediction: await predictions(model, x) };
  tf.dispose([x, y]);
  model.dispose();
  model.optimizer.dispose();
  return outcome;
}
