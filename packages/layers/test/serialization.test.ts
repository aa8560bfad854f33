/** Configs and files: what is saved is what is read, here and by tfjs alone. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../src/index.js';
import { expectClose } from './support/compare.js';
import {
  artifactsOf,
  functionalWith,
  images,
  predict,
  savedAndLoaded,
  sequentialWith,
} from './support/models.js';

const parameters = {
  epsilon: 0.02,
  betaInitializer: { className: 'Constant', config: { value: 0.5 } },
  gammaInitializer: tf.initializers.randomNormal({ mean: 1, stddev: 0.1, seed: 2 }),
  gammaRegularizer: tf.regularizers.l2({ l2: 0.3 }),
  betaConstraint: 'nonNeg',
};

const makers = {
  BatchNormalization: () =>
    new BatchNormalization({
      ...parameters,
      axis: [3],
      momentum: 0.7,
      fused: true,
      movingMeanInitializer: 'ones',
    }),
  GroupNormalization: () => new GroupNormalization({ ...parameters, groups: 2, scale: false }),
  InstanceNormalization: () => new InstanceNormalization({ ...parameters, center: false }),
  LayerNormalization: () => new LayerNormalization({ ...parameters, axis: [2, 3] }),
  RMSNormalization: () => new RMSNormalization({ axis: -1, epsilon: 0.02 }),
};

beforeAll(() => useBackend('cpu'));

describe.each(Object.entries(makers))('%s', (_, make) => {
  it('has a config of which a layer with the same config is made', () => {
    const layer = make();
    const Class = layer.constructor as tf.serialization.SerializableConstructor<tf.layers.Layer>;
    // As in a file: every object is plain.
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    expect(tf.layers.Layer.fromConfig(Class, config).getConfig()).toEqual(layer.getConfig());
  });

  it.each([
    ['tf.sequential', sequentialWith],
    ['tf.model', functionalWith],
  ])('is saved and loaded with its weights, in a %s', async (__, modelWith) => {
    const layer = make();
    const model = modelWith(layer);
    const { x, y } = images(6);
    await model.fit(x, y, { verbose: 0 });
    const loaded = await savedAndLoaded(model);
    expect(loaded.getLayer(layer.name)).toBeInstanceOf(layer.constructor);
    expect(loaded.getLayer(layer.name).getConfig()).toEqual(layer.getConfig());
    expectClose(predict(loaded, x), predict(model, x), 1e-6);
  });
});

describe('a model with BatchNormalization and LayerNormalization', () => {
  it('is read by tfjs alone as well', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 4, inputShape: [3] }),
        new BatchNormalization(),
        new LayerNormalization(),
      ],
    });
    const { modelTopology, weightSpecs, weightData } = await artifactsOf(model);
    const x = tf.randomNormal([5, 3], 0, 1, 'float32', 1);
    const weights = Buffer.from(weightData as ArrayBuffer).toString('base64');
    const code = `
      const tf = require('@tensorflow/tfjs');
      const { modelTopology, weightSpecs, weights, x } = ${JSON.stringify({ modelTopology, weightSpecs, weights, x: x.arraySync() })};
      const weightData = new Uint8Array(Buffer.from(weights, 'base64')).buffer;
      tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData })).then((model) => {
        console.log(JSON.stringify(Array.from(model.predict(tf.tensor(x)).dataSync())));
      });`;
    const { stdout } = await promisify(execFile)('node', ['-e', code], { cwd: import.meta.dirname });
    expectClose(JSON.parse(stdout), predict(model, x), 1e-5);
  });

  it('is loaded as ours, and one of tfjs as tfjs made it', async () => {
    const layers = [new BatchNormalization({ inputShape: [3] }), tf.layers.batchNormalization()];
    const loaded = await savedAndLoaded(tf.sequential({ layers: [...layers, new LayerNormalization()] }));
    expect(loaded.layers[0]).toBeInstanceOf(BatchNormalization);
    expect(loaded.layers[1]).not.toBeInstanceOf(BatchNormalization);
    expect(loaded.layers[2]).toBeInstanceOf(LayerNormalization);
  });

  it('predicts the same after it was loaded, with axis 1', async () => {
    const model = functionalWith(new BatchNormalization({ axis: 1 }));
    const { x, y } = images(6);
    await model.fit(x, y, { verbose: 0 });
    expectClose(predict(await savedAndLoaded(model), x), predict(model, x), 1e-6);
  });

  it('is loaded as ours inside of TimeDistributed and of nested models', async () => {
    const inner = tf.sequential({
      layers: [tf.layers.timeDistributed({ layer: new BatchNormalization(), inputShape: [4, 3] })],
    });
    const input = tf.input({ shape: [4, 3] });
    const model = tf.model({ inputs: input, outputs: inner.apply(input) as tf.SymbolicTensor });
    const loaded = await savedAndLoaded(model);
    const wrapper = (loaded.layers[1] as tf.Sequential).layers.at(-1);
    expect((wrapper as unknown as { layer: unknown }).layer).toBeInstanceOf(BatchNormalization);
  });

  it('that tfjs has saved is read by us', async () => {
    const layers = [tf.layers.batchNormalization({ inputShape: [3] }), tf.layers.layerNormalization()];
    const model = tf.sequential({ layers });
    registerKerasLayers();
    const loaded = await savedAndLoaded(model);
    unregisterKerasLayers();
    expect(loaded.layers[0]).toBeInstanceOf(BatchNormalization);
    expect(loaded.layers[1]).toBeInstanceOf(LayerNormalization);
    const x = tf.randomNormal([5, 3], 0, 1, 'float32', 1);
    expectClose(predict(loaded, x), predict(model, x), 1e-5);
  });
});

it('writes InstanceNormalization under the name that TensorFlow Addons reads', async () => {
  const { modelTopology } = await artifactsOf(sequentialWith(new InstanceNormalization()));
  expect(JSON.stringify(modelTopology)).toContain('"class_name":"Addons>InstanceNormalization"');
});

it('adds what the regularizers say to the loss of fit', async () => {
  const { x, y } = images(6);
  const losses = [];
  for (const gammaRegularizer of [undefined, tf.regularizers.l2({ l2: 100 })]) {
    const model = sequentialWith(
      new GroupNormalization({ groups: 2, ...(gammaRegularizer && { gammaRegularizer }) }),
    );
    const { history } = await model.fit(x, y, { verbose: 0 });
    losses.push(history.loss![0] as number);
  }
  // gamma is 1 in all 8 channels.
  expect(losses[1]! - losses[0]!).toBeCloseTo(800, 2);
});
