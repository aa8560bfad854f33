/** The compiled kernels, and their names. */
import { type Library, registerLibrary, type Variant } from '@bn/wasm-heap';
import { binaries } from './generated/binaries.js';

export type { Variant };

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
  callBytes(): number;
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

/** A training step keeps x for its gradient: registering the kernels makes Identity share it. */
export const library: Library<Kernels> = registerLibrary({ name: '@bn/wasm', ...binaries });

/**
 * The variant of the kernels that this engine runs: `relaxed` uses fused multiply-add (one rounding in place of two, and up to a tenth
 * faster on processors that have it); `plain` runs on every engine with 128-bit SIMD.
 *
 * Node 20 has relaxed SIMD behind a flag. An application may set it before the first kernel runs:
 * `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')`. This package never does so by itself.
 */
export function kernelVariant(): Variant {
  return library.variant;
}
