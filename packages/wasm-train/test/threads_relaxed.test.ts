/** The same with fused multiply-add, which Node 20 has behind a flag, and newer ones have. */
import { setFlagsFromString } from 'node:v8';
import { kernelVariant } from '@bn/wasm-train';
import { expect, it } from 'vitest';
import { trainingKernelsSuite } from './trainingKernelsSuite.js';

setFlagsFromString('--experimental-wasm-relaxed-simd');

it('runs the relaxed variant', () => {
  expect(kernelVariant()).toBe('relaxed');
});

trainingKernelsSuite();
