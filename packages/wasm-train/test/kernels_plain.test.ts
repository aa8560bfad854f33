/** Every kernel, compiled without fused multiply-add, on any engine. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it, vi } from 'vitest';
import { kernelVariant } from '../src/index.js';
import { convolutionSuite } from './support/convolution_suite.js';
import { depthwiseSuite } from './support/depthwise_suite.js';
import { einsumSuite } from './support/einsumSuite.js';
import { elementwiseSuite } from './support/elementwise_suite.js';
import { fusedSuite } from './support/fusedSuite.js';
import { matmulSuite } from './support/matmul_suite.js';
import { piecesSuite } from './support/pieces_suite.js';
import { poolingSuite } from './support/pooling_suite.js';
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
