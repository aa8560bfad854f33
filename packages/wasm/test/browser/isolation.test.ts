/** What the browser tests rest on: pages that may share memory, tfjs's threaded build, and one copy of tfjs. */

import { layerNorm, useBackend } from '@bn/core';
import * as all from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as core from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../../src/index.js';

beforeAll(() => useBackend('wasm'));

describe('the page', () => {
  it('is cross-origin isolated, and has memory to share', () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    expect(new SharedArrayBuffer(8).byteLength).toBe(8);
  });
});

describe('tfjs', () => {
  it('runs its threaded build, whose heap is shared', () => {
    const { wasm } = core.backend() as BackendWasm;
    const { wasmMemory } = wasm as unknown as { wasmMemory: WebAssembly.Memory };
    expect(wasmMemory.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('is one copy, with gradients, whatever it is imported as', () => {
    expect(all.engine()).toBe(core.engine());
    expect(all.Tensor).toBe(core.Tensor);
    expect(core.getGradient(core.Multiply)).toBeDefined();
    const [y, x] = core.tidy(() => {
      const x = all.tensor2d([[1, 2, 3]]);
      return [layerNorm(x, { normalizedShape: 3 }), x];
    });
    expect(y).toBeInstanceOf(all.Tensor);
    core.dispose([x, y]);
  });
});
