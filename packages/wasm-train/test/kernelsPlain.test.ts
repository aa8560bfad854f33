/** Every kernel, compiled without fused multiply-add, on any engine. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it, vi } from 'vitest';
import { kernelVariant } from '../src/index.js';
import { convolutionSuite } from './support/convolutionSuite.js';
import { depthwiseSuite } from './support/depthwiseSuite.js';
import { einsumSuite } from './support/einsumSuite.js';
import { elementwiseSuite } from './support/elementwiseSuite.js';
import { fusedSuite } from './support/fusedSuite.js';
import { matmulSuite } from './support/matmulSuite.js';
import { piecesSuite } from './support/piecesSuite.js';
import { poolingSuite } from './support/poolingSuite.js';
import { segmentsSuite } from './support/segmentsSuite.js';
import { volumesSuite } from './support/volumesSuite.js';

// An engine with relaxed SIMD would choose it: here it finds nothing valid to choose.
vi.mock('../src/generated/binaries.js', async (importOriginal) => {
  const { binaries } = await importOriginal<typeof import('../src/generated/binaries.js')>();
  return { binaries: { ...binaries, relaxed: { text: '', sharedFlagAt: 0 } } };
});

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

it('runs the plain variant', () => {
  expect(kernelVariant()).toBe('plain');
});

convolutionSuite();
depthwiseSuite();
fusedSuite();
matmulSuite();
poolingSuite();
elementwiseSuite();
einsumSuite();
segmentsSuite();
volumesSuite();
piecesSuite();
