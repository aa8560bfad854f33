/**
 * Which of the compiled kernels this engine can run. They come as text inside the package, so that no path and no
 * bundler setting is needed to find them.
 */
import { UnsupportedBackendError } from './errors.js';
import { binaryFor } from './generated/binaries.js';

/**
 * `relaxed` uses fused multiply-add (one rounding in place of two, and about a third faster where the processor has
 * it); `plain` runs on every engine with 128-bit SIMD.
 */
export type Variant = 'plain' | 'relaxed';

/** What every compiled variant exports: see assembly/ for what each computes. Pointers are byte offsets. */
export interface KernelExports {
  addBias(x: number, bias: number, y: number, rows: number, columns: number, scratch: number): void;
  avgPool(pooling: number, x: number, y: number): void;
  avgPoolGrad(pooling: number, dy: number, dx: number): void;
  columnsScratch(columns: number): number;
  conv2d(geometry: number, x: number, filter: number, y: number, scratch: number): void;
  conv2dScratch(geometry: number): number;
  conv2dBackpropFilter(geometry: number, x: number, dy: number, dw: number, scratch: number): void;
  conv2dBackpropFilterScratch(geometry: number): number;
  conv2dBackpropInput(geometry: number, dy: number, filter: number, dx: number, scratch: number): void;
  conv2dBackpropInputScratch(geometry: number): number;
  depthwiseBackpropFilter(geometry: number, x: number, dy: number, dw: number): void;
  depthwiseBackpropInput(geometry: number, dy: number, filter: number, dx: number, scratch: number): void;
  depthwiseBackpropInputScratch(geometry: number): number;
  matmul(
    a: number,
    aRowStep: number,
    aDepthStep: number,
    b: number,
    bDepthStep: number,
    bColumnStep: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    scratch: number,
  ): void;
  matmulScratch(columns: number, depth: number): number;
  maxPoolGrad(pooling: number, x: number, dy: number, dx: number): void;
  reluGrad(dy: number, x: number, dx: number, count: number): void;
  sigmoidGrad(dy: number, y: number, dx: number, count: number): void;
  sumRows(x: number, sums: number, rows: number, columns: number, scratch: number): void;
}

let variant: Variant | undefined;

/**
 * The variant that the kernels use, decided once, when it is first asked for.
 *
 * Node 20 has relaxed SIMD behind a flag. An application may set it before the first kernel runs:
 * `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')`. This package never does so by itself.
 */
export function kernelVariant(): Variant {
  variant ??= WebAssembly.validate(binaryFor('relaxed', false)) ? 'relaxed' : 'plain';
  return variant;
}

const modules: { shared?: WebAssembly.Module; single?: WebAssembly.Module } = {};

/** The kernels on a memory that belongs to someone else. */
export function instantiateKernels(memory: WebAssembly.Memory): KernelExports {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const kind = shared ? 'shared' : 'single';
  modules[kind] ??= compile(shared);
  // The exports' types are what assembly/index.ts says; WebAssembly's own are untyped.
  return new WebAssembly.Instance(modules[kind], { env: { memory } }).exports as unknown as KernelExports;
}

function compile(shared: boolean): WebAssembly.Module {
  const bytes = binaryFor(kernelVariant(), shared);
  if (!WebAssembly.validate(bytes)) throw new UnsupportedBackendError('the engine has no WebAssembly SIMD');
  return new WebAssembly.Module(bytes);
}
