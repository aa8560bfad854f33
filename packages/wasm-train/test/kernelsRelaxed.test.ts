/** Every kernel, compiled with fused multiply-add. */
import { setFlagsFromString } from 'node:v8';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
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

// What Node 20 asks for; where relaxed SIMD is on by default the flag is gone or changes nothing.
setFlagsFromString('--experimental-wasm-relaxed-simd');

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

it('runs the relaxed variant', () => {
  expect(kernelVariant()).toBe('relaxed');
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
