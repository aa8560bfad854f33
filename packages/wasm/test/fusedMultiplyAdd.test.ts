/** The conformance suite on the kernels with fused multiply-add, which Node 20 has behind a flag, and newer engines have. */
import { setFlagsFromString } from 'node:v8';
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import { expect, it } from 'vitest';
import { kernelVariant, wasmBackend } from '../src/index.js';

setFlagsFromString('--experimental-wasm-relaxed-simd');

conformance({ backend: wasmBackend, swapWith: 'cpu', ...inThisEnvironment('wasm, fused multiply-add') });

it('ran the relaxed variant', () => {
  expect(kernelVariant()).toBe('relaxed');
});
