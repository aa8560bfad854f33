/** Instances of our kernels on the memory of tfjs's wasm backend. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { binaries } from './generated/binaries.js';

/** The families of kernels, by how x is walked: see the files of these names in assembly/. */
export type Family = 'channels' | 'columns' | 'groups' | 'groupsLast' | 'rows';

/** What every family computes. */
export type Operation = 'Moments' | 'Normalize' | 'Forward' | 'GradientSums' | 'InputGradient' | 'Backward';

/** The exports of assembly/index.ts: pointers are byte offsets, 0 stands for an absent gamma or beta. */
export type Kernels = Readonly<Record<`${Family}${Operation}`, (...args: number[]) => void>> & {
  readonly SCRATCH_BYTES: WebAssembly.Global;
  movingAverage(
    average: number,
    value: number,
    result: number,
    length: number,
    keep: number,
    weight: number,
  ): void;
  groupsLastScratchBytes(channels: number): number;
  rowsScratchBytes(channels: number): number;
};

/** Where tfjs's two builds keep their memory: the plain one among its exports, the threaded one beside them. */
interface MemoryHolder {
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  readonly wasmMemory?: WebAssembly.Memory;
}

const instances = new WeakMap<BackendWasm, Kernels>();

/** The kernels of a backend: compiled at the first call, and again for a backend that was removed and made anew. */
export function kernelsOf(backend: BackendWasm): Kernels {
  let kernels = instances.get(backend);
  if (!kernels) {
    kernels = instantiate(memoryOf(backend));
    instances.set(backend, kernels);
  }
  return kernels;
}

function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const holder = backend.wasm as unknown as MemoryHolder;
  const memory = holder.wasmMemory ?? holder.asm?.memory;
  if (!memory) {
    throw new Error(
      "@bn/wasm: this build of tfjs's wasm backend does not show its memory; tested with @tensorflow/tfjs-backend-wasm 4.22",
    );
  }
  return memory;
}

function instantiate(memory: WebAssembly.Memory): Kernels {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const base64 = shared ? binaries.shared : binaries.single;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return exports as unknown as Kernels;
}
