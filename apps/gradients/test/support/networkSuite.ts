/** Whole networks, trained on a backend to the losses of float64. */
import { useBackend } from '@bn/core';
import { registerTrainingKernels } from '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FLOAT64 } from '../../src/float64/index.js';
import '../../src/float64/normalizationBackend.js';
import { lossesOf, networks } from '../../src/networks/index.js';
import { poisonHeap } from '../../src/table/poisonedHeap.js';

/** Largest error of a loss, in parts of it. */
const TOLERANCE = 1e-4;

/** @param refused Networks that tfjs's kernels on this backend cannot train, with what they say. */
export function networkSuite(backend: string, refused: Record<string, RegExp> = {}): void {
  describe(`five steps of SGD on ${backend}`, () => {
    // An import of tfjs after that of @bn/wasm-train has put tfjs's gradients back; only a start of wasm mends that by itself.
    beforeAll(() => registerTrainingKernels());

    it.each(networks)('have the losses of float64: $name', async (network) => {
      await useBackend(FLOAT64);
      const truth = lossesOf(network);
      // Training must do something, or a backend that does nothing would pass.
      expect(truth.at(-1)!).not.toBeCloseTo(truth[0]!, 2);
      await useBackend(backend);
      if (backend === 'wasm') poisonHeap();
      if (network.name in refused) {
        expect(() => lossesOf(network)).toThrow(refused[network.name]!);
        return;
      }
      const tensors = tf.memory().numTensors;
      const losses = lossesOf(network);
      expect(tf.memory().numTensors).toBe(tensors);
      losses.forEach((loss, i) => {
        expect(
          Math.abs(loss - truth[i]!) / Math.abs(truth[i]!),
          `loss ${i}: ${losses}, should be ${truth}`,
        ).toBeLessThan(TOLERANCE);
      });
    });
  });
}
