import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { layers } from '../src/layers/index.js';
import { registeredOperations } from '../src/operations/index.js';
import { layerNames, registeredGradients } from '../src/table/registry.js';

// @bn/wasm-train is not imported here: the registry holds what tfjs has put there.
describe('the rows', () => {
  it("are those of tfjs's registry of gradients", () => {
    expect(Object.keys(registeredOperations).sort()).toEqual(registeredGradients());
    expect(registeredGradients()).toHaveLength(101);
  });

  it('are those of tf.layers, each once', () => {
    expect(Object.keys(layers).sort()).toEqual(layerNames(tf.layers));
  });

  it('have cases', () => {
    for (const cases of [...Object.values(registeredOperations), ...Object.values(layers)]) {
      expect(cases.length).toBeGreaterThan(0);
    }
  });
});
