/** The compiled kernels: see assembly/ for what each computes, and for the record that it reads. */
import { type Library, registerLibrary, type Variant } from '@bn/wasm-heap';
import { binaries } from './generated/binaries.js';
import { type Kernels, records } from './generated/calls.js';

export type { Variant };

export const library: Library<Kernels> = registerLibrary({ name: '@bn/wasm-train', ...binaries, records });

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
