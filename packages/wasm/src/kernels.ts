/** The compiled kernels, and their names. */
import { type Library, registerLibrary, type Variant } from '@bn/wasm-heap';
import { binaries } from './generated/binaries.js';
import { type Kernels, records } from './generated/calls.js';

export type { Variant };

/** What is computed, whatever the layout of x. */
export type Operation = 'Moments' | 'Normalize' | 'Forward' | 'GradientSums' | 'InputGradient' | 'Backward';

/** Kernels of a range of items, each handled by itself. */
export type RangeKernel = keyof Kernels['ranges'];

/** Kernels that take the call alone: what stands between the passes over x. */
export type SerialKernel = Exclude<keyof Kernels['calls'], 'movingAverage'>;

/** Functions that say how much work and scratch space there is. */
export type Sizes = Kernels['functions'];

/** A training step keeps x for its gradient: registering the kernels makes Identity share it. */
export const library: Library<Kernels> = registerLibrary({ name: '@bn/wasm', ...binaries, records });

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
