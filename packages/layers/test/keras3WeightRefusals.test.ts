/** Weights of a file of Keras 3 that are missing or described wrong are refused, by their name. */
import '@bn/cpu-ref';
import { StateDictError, useBackend } from '@bn/core';
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadKerasModel } from '../src/index.js';
import { input } from './support/keras3Files.js';

beforeAll(() => useBackend('cpu'));

describe('weights that are described wrong', () => {
  const modelTopology = {
    class_name: 'Sequential',
    config: { name: 'm', layers: [input([2]), { class_name: 'Dense', config: { name: 'd', units: 1 } }] },
  };
  const kernel = { name: 'd/kernel', shape: [2, 1], dtype: 'float32' };
  const loadSpecs = (weightSpecs: unknown) =>
    loadKerasModel({
      load: async () => ({
        modelTopology,
        weightSpecs: weightSpecs as tf.io.WeightsManifestEntry[],
        weightData: new ArrayBuffer(12),
      }),
    });

  it.each([
    [7, 'weightSpecs must be a list, got 7'],
    [[{ ...kernel, name: undefined }], 'a weight must have a name'],
    [[{ ...kernel, shape: null }], "shape of the weight 'd/kernel' must be a list of sizes, got null"],
    [[{ ...kernel, shape: [2, -1] }], "shape of the weight 'd/kernel' must be a list of sizes, got [2,-1]"],
    [[{ ...kernel, dtype: 'float' }], "dtype of the weight 'd/kernel' must be one of float32"],
    [
      [{ ...kernel, quantization: { dtype: 'int4' } }],
      "quantization of the weight 'd/kernel' must be of dtype float16",
    ],
    [[{ ...kernel, quantization: { dtype: 'uint8', scale: 'a', min: 0 } }], 'must be numbers scale and min'],
  ] as [unknown, string][])('%j are refused', async (specs, message) => {
    await expect(loadSpecs(specs)).rejects.toThrow(StateDictError);
    await expect(loadSpecs(specs)).rejects.toThrow(message);
  });
});

describe('a URL', () => {
  const dense = { class_name: 'Dense', config: { name: 'd', units: 1 } };
  const modelTopology = { class_name: 'Sequential', config: { name: 'm', layers: [input([2]), dense] } };
  const at = (response: () => Response, options = {}) =>
    loadKerasModel('https://example.com/model.json', {
      fetchFunc: (async () => response()) as typeof fetch,
      ...options,
    });

  it('without weights is refused, unless strict is false', async () => {
    const json = () => Response.json({ modelTopology });
    await expect(at(json)).rejects.toThrow(
      "the model has 2 weights, and 'https://example.com/model.json' has none (weightsManifest)",
    );
    const model = await at(json, { strict: false });
    expect(model.weights.length).toBe(2);
    model.dispose();
  });

  it('that cannot be read is named', async () => {
    const damaged = () => Response.json({ modelTopology, weightsManifest: {} });
    for (const response of [damaged, () => new Response(null, { status: 404 })]) {
      await expect(at(response)).rejects.toThrow(
        "loadKerasModel: 'https://example.com/model.json' cannot be read: ",
      );
    }
  });
});
