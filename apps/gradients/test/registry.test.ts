import '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { registeredOperations } from '../src/operations/index.js';
import { registeredGradients } from '../src/table/registry.js';

describe('the rows', () => {
  // @bn/wasm-train is not imported here: the registry holds what tfjs has put there.
  it("are those of tfjs's registry of gradients", () => {
    expect(Object.keys(registeredOperations).sort()).toEqual(registeredGradients());
    expect(registeredGradients()).toHaveLength(101);
  });
});
