/** tfjs's threaded build, which pages that are cross-origin isolated get, keeps its heap in shared memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import { UnsupportedBackendError } from '../src/index.js';
import { library } from './kernels/library.js';
import { records } from './kernels/src/generated/calls.js';

/** As much of a backend as asking for its kernels takes. */
function backendWith(module: object): BackendWasm {
  return { wasm: module } as unknown as BackendWasm;
}

describe('kernels', () => {
  it.each([
    ['shared memory', new WebAssembly.Memory({ initial: 2, maximum: 32768, shared: true })],
    ['memory of its own', new WebAssembly.Memory({ initial: 2, maximum: 32768 })],
  ])('run on %s', (_, memory) => {
    const { affine } = library.exports(backendWith({ wasmMemory: memory }));
    const views = { integers: new Int32Array(memory.buffer), doubles: new Float64Array(memory.buffer) };
    records.affine.write(views, 0, { x: 32, y: 64, factor: 5, term: 7 });
    const floats = new Float32Array(memory.buffer);
    floats.set([1, 2, 3, 4, 5], 8);
    affine!(0, 1, 4, 128);
    expect([...floats.subarray(16, 21)]).toEqual([0, 17, 22, 27, 0]);
  });

  it('write nothing to the heap until they are called', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 32768 });
    const bytes = new Uint8Array(memory.buffer).fill(0xab);
    library.exports(backendWith({ wasmMemory: memory }));
    expect(bytes.every((byte) => byte === 0xab)).toBe(true);
  });

  it('are refused by name where the backend shows no memory', () => {
    expect(() => library.exports(backendWith({}))).toThrow(UnsupportedBackendError);
  });
});
