/** What a page does with a network around each layer of the package: it predicts, differentiates and fits. */
import * as tf from '@tensorflow/tfjs';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  Normalization,
  RMSNormalization,
  SpectralNormalization,
  UnitNormalization,
} from '../../src/index.js';
import { images, sequentialWith } from './models.js';

type Make = () => tf.layers.Layer | Promise<tf.layers.Layer>;

/** Layers from [N, 4, 4, 8] to the same shape. */
export const layers: Readonly<Record<string, Make>> = {
  Normalization: async () => {
    const layer = new Normalization();
    const numbers = Array.from({ length: 256 }, (_, i) => Math.sin(i));
    const data = tf.tensor(numbers, [2, 4, 4, 8]);
    await layer.adapt(data);
    data.dispose();
    return layer;
  },
  BatchNormalization: () => new BatchNormalization({ momentum: 0.5 }),
  'BatchNormalization of another axis': () => new BatchNormalization({ axis: 1, momentum: 0.5 }),
  GroupNormalization: () => new GroupNormalization({ groups: 4 }),
  InstanceNormalization: () => new InstanceNormalization(),
  'LayerNormalization over all axes': () => new LayerNormalization({ axis: [1, 2, 3] }),
  'LayerNormalization over the channels': () => new LayerNormalization(),
  RMSNormalization: () => new RMSNormalization(),
  UnitNormalization: () => new UnitNormalization(),
  SpectralNormalization: () =>
    new SpectralNormalization({
      layer: tf.layers.conv2d({ filters: 8, kernelSize: 1 }),
      powerIterations: 2,
    }),
};

export const arrays = (tensors: readonly tf.Tensor[]): Promise<number[][]> =>
  Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));

/** The values of tensors, which are disposed of. */
export async function taken(tensors: tf.Tensor | tf.Tensor[]): Promise<number[][]> {
  const list = [tensors].flat();
  const values = await arrays(list);
  tf.dispose(list);
  return values;
}

/** Sets all weights of a model. */
export function setValues(model: tf.LayersModel, values: readonly (readonly number[])[]): void {
  tf.tidy(() => {
    const tensors = model.weights.map(({ shape, dtype }, i) =>
      tf.tensor([...values[i]!], shape as number[], dtype),
    );
    model.setWeights(tensors);
  });
}

/** A record of lists of numbers: what is compared between two backends. */
export type Outcome = Readonly<Record<string, readonly (readonly number[])[]>>;

/** Predicts, differentiates in training, and fits a network with this layer, which begins with the weights `start`. */
export async function layerOutcome(make: Make, start?: Outcome[string]): Promise<Outcome> {
  const model = sequentialWith(await make());
  if (start !== undefined) setValues(model, start);
  const { x, y } = images(16);
  const dy = tf.randomNormal([16, 3], 0, 1, 'float32', 5);
  const began = await arrays(model.getWeights());
  const prediction = await taken(model.predict(x) as tf.Tensor);
  const apply = (input: tf.Tensor) => model.apply(input, { training: true }) as tf.Tensor;
  const gradient = await taken(tf.grad(apply)(x, dy));
  const { history } = await model.fit(x, y, { batchSize: 8, shuffle: false, verbose: 0 });
  const weights = await arrays(model.getWeights());
  const trained = await taken(model.predict(x) as tf.Tensor);
  tf.dispose([x, y, dy]);
  model.dispose();
  model.optimizer.dispose();
  return { start: began, prediction, gradient, losses: [history.loss as number[]], weights, trained };
}
