/** tfjs's threaded build, which pages that are cross-origin isolated get, keeps its heap in shared memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import { kernels } from '../src/backend.js';
import { UnsupportedBackendError } from '../src/index.js';

/** As much of a backend as asking for its kernels takes. */
function backendWith(module: object): BackendWasm {
  return { wasm: module } as unknown as BackendWasm;
}

describe('kernels', () => {
  it.each([
    ['shared memory', new WebAssembly.Memory({ initial: 2, maximum: 32768, shared: true })],
    ['memory of its own', new WebAssembly.Memory({ initial: 2, maximum: 32768 })],
  ])('run on %s', (_, memory) => {
    const { reluGrad } = kernels(backendWith({ wasmMemory: memory }));
    const floats = new Float32Array(memory.buffer);
    floats.set([1, 2, 3, 4, 5], 0);
    floats.set([-1, 1, -1, 1, 1], 8);
    reluGrad(0, 32, 64, 5, 0, 1, 0);
    expect([...floats.subarray(16, 21)]).toEqual([0, 2, 0, 4, 5]);
  });

  it('write nothing to the heap until they are called', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 32768 });
    const bytes = new Uint8Array(memory.buffer).fill(0xab);
    kernels(backendWith({ wasmMemory: memory }));
    expect(bytes.every((byte) => byte === 0xab)).toBe(true);
  });

  it('are refused by name where the backend shows no memory', () => {
    expect(() => kernels(backendWith({}))).toThrow(UnsupportedBackendError);
  });
});
