/** The compiled kernels, and what they export: see assembly/ for what each computes. Pointers are byte offsets. */
import { type Library, registerLibrary, type Variant } from '@bn/wasm-heap';
import { binaries } from './generated/binaries.js';

export type { Variant };

/**
 * Kernels whose arguments end in (from, to, scratch): a range of items that have nothing to do with each other, so that any
 * number of threads gives the same bits, and the thread's own scratch.
 */
export type RangeKernel =
  | 'activate'
  | 'avgPool'
  | 'avgPoolGrad'
  | 'conv2d'
  | 'conv2dBackpropFilter'
  | 'conv2dBackpropInput'
  | 'matmul'
  | 'matmulPack'
  | 'depthwise'
  | 'foldDepth'
  | 'gather'
  | 'maxPool'
  | 'maxPoolGrad'
  | 'maxPoolIntegers'
  | 'reluGrad'
  | 'segmentSum'
  | 'sigmoidGrad'
  | 'unfoldDepth';

/** What every compiled variant exports: see assembly/ for what each computes. Pointers are byte offsets. */
export interface KernelExports extends Readonly<Record<RangeKernel, (...args: number[]) => void>> {
  accumulate(sums: number, terms: number, count: number): void;
  activateItems(rows: number): number;
  activateScratch(columns: number): number;
  addBias(x: number, bias: number, y: number, rows: number, columns: number, scratch: number): void;
  columnsScratch(columns: number): number;
  conv2dItems(geometry: number): number;
  conv2dPrepare(geometry: number, filter: number, shared: number): void;
  conv2dScratch(geometry: number): number;
  conv2dShared(geometry: number): number;
  conv2dBackpropFilterFinish(geometry: number, dw: number, shared: number): void;
  conv2dBackpropFilterItems(geometry: number): number;
  conv2dBackpropFilterPrepare(geometry: number, shared: number): void;
  conv2dBackpropFilterScratch(geometry: number): number;
  conv2dBackpropFilterShared(geometry: number): number;
  conv2dBackpropInputPrepare(geometry: number, filter: number, shared: number): void;
  conv2dBackpropInputScratch(geometry: number): number;
  conv2dBackpropInputShared(geometry: number): number;
  depthwiseBackpropFilter(geometry: number, x: number, dy: number, dw: number): void;
  depthwiseBackpropInput(geometry: number, dy: number, filter: number, dx: number, scratch: number): void;
  depthwiseBackpropInputScratch(geometry: number): number;
  depthwiseScratch(geometry: number): number;
  elementwiseItems(count: number): number;
  findOutside(indices: number, count: number, size: number): number;
  matmulDepthBlock(): number;
  matmulItems(rows: number): number;
  matmulPackItems(columns: number, depth: number): number;
  matmulScratch(): number;
  matmulShared(columns: number, depth: number): number;
  segmentSumItems(matrices: number, columns: number): number;
  sumRows(x: number, sums: number, rows: number, columns: number, scratch: number): void;
  swapLeadingAxes(source: number, result: number, a: number, b: number, floats: number): void;
}

export const library: Library<KernelExports> = registerLibrary({ name: '@bn/wasm-train', ...binaries });

/**
 * The variant that the kernels use, decided once, when it is first asked for: `relaxed` uses fused multiply-add (one rounding
 * in place of two, and about a third faster on processors that have it); `plain` runs on every engine with 128-bit SIMD.
 *
 * Node 20 has relaxed SIMD behind a flag. An application may set it before the first kernel runs:
 * `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')`. This package never does so by itself.
 */
export function kernelVariant(): Variant {
  return library.variant;
}
