/** A Keras model in the files of tensorflowjs_converter, held against numbers from PyTorch: see scripts/make-golden.py. */
import { readFileSync } from 'node:fs';
import '@bn/cpu-ref';
import '@bn/wasm';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerKerasLayers, unregisterKerasLayers } from '../src/index.js';
import { expectClose, largestDifference } from './support/compare.js';
import { predict } from './support/models.js';

const read = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const parse = (name: string) => JSON.parse(read(name).toString());

/** What tf.loadLayersModel gets of the two files. */
function goldenFiles(): tf.io.IOHandler {
  const { modelTopology, weightsManifest } = parse('model.json');
  const [{ paths, weights }] = weightsManifest;
  const weightData = new Uint8Array(read(paths[0])).buffer;
  return tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData });
}

interface Recorded {
  shape: number[];
  values: number[];
}
const { input, outputs } = parse('expected.json') as {
  input: Recorded;
  outputs: Record<string, Recorded>;
};

it('is more than can be loaded without registerKerasLayers', async () => {
  await expect(tf.loadLayersModel(goldenFiles())).rejects.toThrow('Unknown layer: Addons>GroupNormalization');
});

describe.each(['cpu', 'wasm'])('with registerKerasLayers on %s', (backendName) => {
  beforeEach(async () => {
    await useBackend(backendName);
    registerKerasLayers();
  });
  afterEach(unregisterKerasLayers);

  it('predicts what PyTorch computes of the same weights', async () => {
    const model = await tf.loadLayersModel(goldenFiles());
    const x = tf.tensor(input.values, input.shape);
    expectClose(predict(model, x), outputs.dense!.values);
  });

  it.each(Object.keys(outputs))('gives the recorded output of %s', async (name) => {
    const model = await tf.loadLayersModel(goldenFiles());
    const output = model.getLayer(name).output as tf.SymbolicTensor;
    const upTo = tf.model({ inputs: model.inputs, outputs: output });
    const x = tf.tensor(input.values, input.shape);
    expect((upTo.predict(x) as tf.Tensor).shape).toEqual(outputs[name]!.shape);
    // Each layer adds its rounding to that of the layers before.
    expect(largestDifference(predict(upTo, x), outputs[name]!.values)).toBeLessThan(5e-5);
  });
});
