/** Instances of our kernels on the memory of tfjs's wasm backend. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { binaryFor } from './generated/binaries.js';

/** What is computed, whatever the layout of x. */
export type Operation = 'Moments' | 'Normalize' | 'Forward' | 'GradientSums' | 'InputGradient' | 'Backward';

/** Kernels that take (call, from, to, scratch): a range of items, each handled by itself, and the thread's own space. */
export type RangeKernel =
  | `acrossBatch${'Planes' | 'Columns'}${'Statistics' | 'Normalize' | 'GradientSums' | 'InputGradient'}`
  // The backward pass leaves out dx where only the sums are wanted.
  | `perSample${'Planes' | 'Columns' | 'Rows'}${Exclude<Operation, 'GradientSums'> | 'AddTotals'}`;

/** Kernels that take the call alone: what stands between the passes over x. */
export type SerialKernel =
  | `acrossBatchFinish${'Moments' | 'Forward' | 'Sums' | 'Backward'}`
  | `acrossBatch${'Normalize' | 'InputGradient'}Factors`;

/** The exports of assembly/index.ts. */
export type Kernels = Readonly<
  Record<RangeKernel, (call: number, from: number, to: number, scratch: number) => void> &
    Record<SerialKernel, (call: number) => void>
> & {
  acrossBatchColumnsWideRows(rows: number, channels: number): number;
  acrossBatchSegments(rows: number, channels: number, inner: number): number;
  acrossBatchSharedBytes(rows: number, channels: number, inner: number): number;
  columnsScratchBytes(channels: number): number;
  movingAverage(
    average: number,
    value: number,
    result: number,
    length: number,
    keep: number,
    weight: number,
  ): void;
  perSampleColumnsScratchBytes(channels: number): number;
  perSampleRowsScratchBytes(channels: number): number;
  perSampleRowsSegments(batch: number, channels: number): number;
  perSampleTotalsBytes(pieces: number, channels: number): number;
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

/** The memory that holds the tensors of a backend. */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const holder = backend.wasm as unknown as MemoryHolder;
  const memory = holder.wasmMemory ?? holder.asm?.memory;
  if (!memory) {
    throw new Error(
      "@bn/wasm: this build of tfjs's wasm backend does not show its memory; tested with @tensorflow/tfjs-backend-wasm 4.22",
    );
  }
  return memory;
}

/** Whether threads can share this memory. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
}

const modules: { shared?: WebAssembly.Module; single?: WebAssembly.Module } = {};

/** The compiled kernels that go with a memory. */
export function moduleFor(memory: WebAssembly.Memory): WebAssembly.Module {
  const kind = isShared(memory) ? 'shared' : 'single';
  modules[kind] ??= new WebAssembly.Module(binaryFor('kernels', kind === 'shared'));
  return modules[kind];
}

function instantiate(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(moduleFor(memory), { env: { memory } });
  return exports as unknown as Kernels;
}
