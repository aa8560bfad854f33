/** A model that fails to load leaves nothing behind, wherever it fails. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  loadKerasModel,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../src/index.js';
import { artifactsOf, functionalWith, predict, sequentialWith } from './support/models.js';

type Artifacts = tf.io.ModelArtifacts;
type Layers = { class_name: string; config: Record<string, unknown> }[];

const layersOf = (artifacts: Artifacts): Layers =>
  (artifacts.modelTopology as { config: { layers: Layers } }).config.layers;
const specsOf = (artifacts: Artifacts): tf.io.WeightsManifestEntry[] => artifacts.weightSpecs!;

/** What the model is loaded from: a copy of the files, in which one thing is wrong. */
async function damaged(
  model: tf.LayersModel,
  damage: (artifacts: Artifacts) => void,
): Promise<tf.io.IOHandler> {
  const artifacts = structuredClone(await artifactsOf(model));
  damage(artifacts);
  return { load: async () => artifacts };
}

const lastLayer = (artifacts: Artifacts) => layersOf(artifacts).at(-1)!;
const damages: [what: string, damage: (artifacts: Artifacts) => void][] = [
  ['an option that is refused', (file) => Object.assign(lastLayer(file).config, { units: -1 })],
  ['a class that is not known', (file) => Object.assign(lastLayer(file), { class_name: 'Unknown' })],
  [
    'an activation that is not known',
    (file) => Object.assign(lastLayer(file).config, { activation: 'none' }),
  ],
  ['a weight of another shape', (file) => Object.assign(specsOf(file).at(-1)!, { shape: [1, 3] })],
  [
    'a weight that is missing',
    (file) => {
      const { shape } = specsOf(file).pop()!;
      file.weightData = (file.weightData as ArrayBuffer).slice(0, -4 * tf.util.sizeFromShape(shape));
    },
  ],
  [
    'a weight too many',
    (file) => {
      specsOf(file).push({ name: 'other/kernel', shape: [0], dtype: 'float32' });
    },
  ],
];
const cutOff = (bytes: number): (typeof damages)[number] => [
  `weights that lack ${bytes} bytes`,
  (file) => {
    file.weightData = (file.weightData as ArrayBuffer).slice(0, -bytes);
  },
];

const models = {
  Sequential: () => sequentialWith(new GroupNormalization({ groups: 2 })),
  'functional model': () => functionalWith(new BatchNormalization()),
};

beforeEach(() => useBackend('cpu'));

describe.each(Object.entries(models))('a %s', (_, make) => {
  const expectNothingLeft = async (handler: tf.io.IOHandler, load: typeof loadKerasModel) => {
    const before = tf.memory();
    const variables = Object.keys(tf.engine().registeredVariables);
    await expect(load(handler)).rejects.toThrow();
    const { numTensors, numDataBuffers } = tf.memory();
    expect({ numTensors, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
    });
    expect(Object.keys(tf.engine().registeredVariables)).toEqual(variables);
  };

  it.each([...damages, cutOff(1), cutOff(4), cutOff(1000)])(
    'with %s leaves nothing in loadKerasModel',
    async (__, damage) => expectNothingLeft(await damaged(make(), damage), loadKerasModel),
  );

  describe('with registerKerasLayers', () => {
    beforeEach(registerKerasLayers);
    afterEach(unregisterKerasLayers);

    it.each(damages)('and %s leaves nothing in tf.loadLayersModel', async (__, damage) =>
      expectNothingLeft(await damaged(make(), damage), (handler) => tf.loadLayersModel(handler)),
    );

    it('leaves a model that was loaded alone if other weights do not fit it', async () => {
      const model = make();
      const loaded = await tf.loadLayersModel(await damaged(model, () => {}));
      expect(() => loaded.loadWeights({})).toThrow('weights are not set');
      const x = tf.ones([2, 6, 6, 3]);
      expect(predict(loaded, x)).toEqual(predict(model, x));
    });
  });

  it('whose files are whole is loaded by loadKerasModel, and leaves only its weights', async () => {
    const model = make();
    const handler = await damaged(model, () => {});
    const before = tf.memory().numTensors;
    const loaded = await loadKerasModel(handler);
    expect(tf.memory().numTensors).toBe(before + model.weights.length);
    const x = tf.ones([2, 6, 6, 3]);
    expect(predict(loaded, x)).toEqual(predict(model, x));
    loaded.dispose();
  });
});

it.each([
  ['a file that is cut off', cutOff(4)[1], /weight files hold \d+ bytes, and the manifest describes \d+/],
  ['a weight of another shape', damages[3]![1], /'.*bias' has shape \[1,3\], and its layer wants \[3\]/],
  ['a missing weight', damages[4]![1], /1 missing \(.*\/bias\)/],
  ['a weight too many', damages[5]![1], /1 not in the model \(other\/kernel\)/],
])('%s is refused by name', async (_, damage, message) => {
  await expect(loadKerasModel(await damaged(models.Sequential(), damage))).rejects.toThrow(message);
});

it('what is no model is refused', async () => {
  await expect(loadKerasModel({})).rejects.toThrow('source must be a URL, or a handler of tf.io');
  const handler = { load: async () => ({ modelTopology: { node: [] } }) };
  await expect(loadKerasModel(handler)).rejects.toThrow('must be a Sequential or functional model of Keras');
});

it('strict: false leaves out what does not fit', async () => {
  const handler = await damaged(models.Sequential(), damages[5]![1]);
  expect(await loadKerasModel(handler, { strict: false })).toBeInstanceOf(tf.Sequential);
});
