/** Every kernel, compiled without fused multiply-add, on any engine. */
import '@tensorflow/tfjs';
import { vi } from 'vitest';
import { kernelSuites } from './support/kernelSuites.js';

// An engine with relaxed SIMD would choose it: here it finds nothing valid to choose.
vi.mock('../src/generated/binaries.js', async (importOriginal) => {
  const { binaries } = await importOriginal<typeof import('../src/generated/binaries.js')>();
  return { binaries: { ...binaries, relaxed: { text: '', sharedFlagAt: 0 } } };
});

kernelSuites('plain');
