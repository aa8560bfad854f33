/** Models in the files of Keras 3, held against numbers from PyTorch: see scripts/make-keras3.py. */
import { readdirSync, readFileSync } from 'node:fs';
import '@bn/cpu-ref';
import '@bn/wasm';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKerasModel, registerKerasLayers, unregisterKerasLayers } from '../src/index.js';
import { expectClose } from './support/compare.js';

const golden = new URL('../golden/keras3/', import.meta.url);
const names = readdirSync(golden);
const read = (path: string) => readFileSync(new URL(path, golden));

interface Recorded {
  shape: number[];
  values: number[];
}
interface Expected {
  inputs: Recorded[];
  outputs: Recorded[];
}

/** What tf.loadLayersModel gets of the files of a server. */
async function fetchFile(path: string): Promise<Response> {
  const isJson = path.endsWith('.json');
  const headers = { 'Content-Type': isJson ? 'application/json' : 'application/octet-stream' };
  return new Response(new Uint8Array(read(path.replace('https://example.com/', ''))), { headers });
}
const fetchFunc = fetchFile as typeof fetch;

function expectPredictions(model: tf.LayersModel, name: string): void {
  const { inputs, outputs } = JSON.parse(read(`${name}/expected.json`).toString()) as Expected;
  tf.tidy(() => {
    const y = [model.predict(inputs.map(({ shape, values }) => tf.tensor(values, shape)))].flat();
    expect(y.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    y.forEach((output, i) => {
      expectClose(output.dataSync() as Float32Array, outputs[i]!.values);
    });
  });
}

it.each(names)('%s is more than tfjs reads by itself', async (name) => {
  await useBackend('cpu');
  const url = `https://example.com/${name}/model.json`;
  await expect(tf.loadLayersModel(url, { fetchFunc })).rejects.toThrow();
});

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeEach(() => useBackend(backend));

  it.each(names)('loadKerasModel(url) reads %s, which predicts what PyTorch computes', async (name) => {
    const before = tf.memory().numTensors;
    const model = await loadKerasModel(`https://example.com/${name}/model.json`, { fetchFunc });
    expect(tf.memory().numTensors).toBe(before + new Set(model.weights).size);
    expectPredictions(model, name);
  });
});

describe('after registerKerasLayers', () => {
  beforeEach(registerKerasLayers);
  afterEach(unregisterKerasLayers);

  // Weights of one name are lost before they come to the model.
  it.each(names.filter((name) => name !== 'same-names'))('tf.loadLayersModel reads %s', async (name) => {
    await useBackend('cpu');
    const url = `https://example.com/${name}/model.json`;
    expectPredictions(await tf.loadLayersModel(url, { fetchFunc }), name);
  });
});
