/** Defines the suite's tests for one backend. */
import { type NormalizationBackend, registerBackend, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Behaviour, Context } from './behaviour.js';
import { tableOfContents } from './contents.js';
import { type ReportTarget, writeReport } from './report.js';
import { Results, summarize } from './results.js';

export interface ConformanceOptions {
  /** The backend under test: the object itself, which is registered, or the name of one that is registered already. */
  backend: NormalizationBackend | string;
  /** Factor on the errors that are allowed, for hardware that rounds more coarsely than IEEE float32. Default 1. */
  tolerance?: number | undefined;
  /** Other registered backends, between which and this one the swap tests move. Without any they are not run. */
  swapWith?: string | readonly string[] | undefined;
  /** Name of this run in reports, where one backend is tested in several set-ups. Default: the backend's name. */
  label?: string | undefined;
  /** Where the matrix goes. Default, in Node: reports/conformance-<label>.json. */
  report?: ReportTarget | undefined;
  /** Seed of the property tests. */
  seed?: number | undefined;
}

/**
 * Defines (with vitest's `describe` and `it`) the tests that every backend must pass. Call it at the top level of a test
 * file that imports `@tensorflow/tfjs`, whose gradients the suite uses, and the backend.
 */
export function conformance(options: ConformanceOptions): void {
  const { backend, tolerance = 1, swapWith = [], report, seed = 20150211 } = options;
  const name = typeof backend === 'string' ? backend : backend.name;
  const label = options.label ?? name;
  const context: Context = {
    backend: name,
    swapWith: typeof swapWith === 'string' ? [swapWith] : swapWith,
    tolerance,
    seed,
    results: new Results(),
  };

  describe(`conformance of ${label}`, () => {
    beforeAll(async () => {
      assertGradients();
      if (typeof backend !== 'string') registerBackend(backend);
      await useBackend(name);
    });
    for (const { feature, behaviours } of tableOfContents(context)) {
      describe(feature, () => {
        for (const [sentence, behaviour] of Object.entries(behaviours)) {
          it(sentence, () => run(feature, behaviour, context));
        }
      });
    }
    afterAll(async () => {
      const matrix = context.results.matrix(label, name, tolerance);
      console.log(summarize(matrix));
      await writeReport(matrix, report);
    });
  });
}

/** Throws where tfjs's own operations have no gradients: in Node @tensorflow/tfjs-core alone brings none. */
export function assertGradients(): void {
  if (tf.getGradient(tf.Multiply) !== undefined) return;
  throw new Error(
    "conformance: the gradients of tfjs are missing; import '@tensorflow/tfjs' in the test file first",
  );
}

/** Runs one behaviour on the backend under test; it must leave as many tensors as there were. */
async function run(feature: string, behaviour: Behaviour, context: Context): Promise<void> {
  const { results, backend } = context;
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  try {
    await behaviour(context);
    expect(tf.memory().numTensors - before, 'tensors left behind').toBe(0);
    results.recordTest(feature, true);
  } catch (error) {
    results.recordTest(feature, false);
    throw error;
  }
}
