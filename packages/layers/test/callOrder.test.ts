/** Calls of a shared layer whose inputs are made later than those of its next call: tfjs makes them in another order than the file. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadKerasModel, registerKerasLayers, unregisterKerasLayers } from '../src/index.js';
import { artifactsOf } from './support/models.js';

type Apply = (x: tf.SymbolicTensor) => tf.SymbolicTensor;
const applied =
  (layer: tf.layers.Layer): Apply =>
  (x) =>
    layer.apply(x) as tf.SymbolicTensor;
const dense = (name: string): Apply => applied(tf.layers.dense({ units: 2, name }));

function nested(): tf.LayersModel {
  const x = tf.input({ shape: [2], name: 'y' });
  return tf.model({ inputs: x, outputs: dense('inside')(x), name: 'shared' });
}

/** Its shared layer stands before `late` in the file, since its second call is the deepest. */
function modelWith(shared: tf.layers.Layer): tf.LayersModel {
  const x = tf.input({ shape: [2], name: 'x' });
  const call = applied(shared);
  const late = call(dense('late')(x));
  const early = dense('l1')(call(x));
  return tf.model({ inputs: x, outputs: [dense('l2')(early), late, call(early), call(late)] });
}

const layers: [string, () => tf.layers.Layer][] = [
  ['layer', () => tf.layers.dense({ units: 2, name: 'shared' })],
  ['nested model', nested],
];

interface Entry {
  class_name: string;
  name: string;
  config: { [key: string]: unknown };
  inbound_nodes: [layer: string, node: number, tensor: number][][];
}
interface Topology {
  class_name: string;
  config: { layers: Entry[] };
}

/** The file as Keras 3 writes it: calls by their arguments, and nested models counted from 0. */
function asKeras3(file: tf.io.ModelArtifacts): tf.io.ModelArtifacts {
  const { config, ...topology } = structuredClone(file.modelTopology) as Topology;
  const isModel = (name: string) => 'layers' in config.layers.find((entry) => entry.name === name)!.config;
  const entries = config.layers.map(({ config: { batch_input_shape, ...own }, inbound_nodes, ...entry }) => ({
    ...entry,
    config: { ...own, ...(batch_input_shape !== undefined && { batch_shape: batch_input_shape }) },
    inbound_nodes: inbound_nodes.map(([[name, node, tensor]]) => ({
      args: [
        {
          class_name: '__keras_tensor__',
          config: { keras_history: [name, node - (isModel(name) ? 1 : 0), tensor] },
        },
      ],
      kwargs: {},
    })),
  }));
  return { ...file, modelTopology: { ...topology, config: { ...config, layers: entries } } };
}

const files: [string, typeof asKeras3][] = [
  ['tfjs', (file) => structuredClone(file)],
  ['Keras 3', asKeras3],
];

const outputsOf = (model: tf.LayersModel): number[][] =>
  tf.tidy(() =>
    (model.predict(tf.tensor2d([[1, -2]])) as tf.Tensor[]).map((output) => Array.from(output.dataSync())),
  );

class OwnGraph extends tf.LayersModel {
  static override readonly className = 'OwnGraph';
}

beforeAll(() => {
  tf.serialization.registerClass(OwnGraph);
  return useBackend('cpu');
});

describe.each(layers)('the calls of a shared %s', (_, make) => {
  beforeEach(registerKerasLayers);
  afterEach(() => {
    unregisterKerasLayers();
    tf.disposeVariables();
  });

  it.each(files)('stay what they were in a file of %s', async (__, fileOf) => {
    const model = modelWith(make());
    const outputs = outputsOf(model);
    const file = fileOf(await artifactsOf(model));
    expect(outputsOf(await loadKerasModel(tf.io.fromMemory(structuredClone(file))))).toEqual(outputs);
    expect(outputsOf(await tf.loadLayersModel(tf.io.fromMemory(file)))).toEqual(outputs);
  });

  it.each(files)("stay what they were in a model of a user's class in a file of %s", async (__, fileOf) => {
    const { inputs, outputs } = modelWith(make());
    const model = new OwnGraph({ inputs, outputs });
    const file = fileOf(await artifactsOf(model));
    for (const load of [loadKerasModel, tf.loadLayersModel]) {
      const loaded = await load(tf.io.fromMemory(structuredClone(file)));
      expect(loaded).toBeInstanceOf(OwnGraph);
      expect(outputsOf(loaded)).toEqual(outputsOf(model));
    }
  });

  it("stay what they were inside of a nested model of a user's class", async () => {
    const { inputs, outputs } = modelWith(make());
    const x = tf.input({ shape: [2] });
    const inner = new OwnGraph({ inputs, outputs });
    const model = tf.model({ inputs: x, outputs: inner.apply(x) as tf.SymbolicTensor[] });
    const file = await artifactsOf(model);
    for (const load of [loadKerasModel, tf.loadLayersModel]) {
      expect(outputsOf(await load(tf.io.fromMemory(structuredClone(file))))).toEqual(outputsOf(model));
    }
  });
});
