/** The tests of every kernel, to be run in each variant. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { kernelVariant } from '../../src/index.js';
import { convolutionSuite } from './convolutionSuite.js';
import { depthwiseSuite } from './depthwiseSuite.js';
import { einsumSuite } from './einsumSuite.js';
import { elementwiseSuite } from './elementwiseSuite.js';
import { fusedSuite } from './fusedSuite.js';
import { matmulSuite } from './matmulSuite.js';
import { piecesSuite } from './piecesSuite.js';
import { poolingSuite } from './poolingSuite.js';
import { segmentsSuite } from './segmentsSuite.js';
import { volumesSuite } from './volumesSuite.js';

/** @param variant What the engine of the test file chooses. */
export function kernelSuites(variant: ReturnType<typeof kernelVariant>): void {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await tf.ready();
  });

  it(`runs the ${variant} variant`, () => {
    expect(kernelVariant()).toBe(variant);
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
}
