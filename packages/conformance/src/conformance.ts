/** Defines the suite's tests for one backend. */
import { type NormalizationBackend, registerBackend, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Behaviour, Context, Feature } from './behaviour.js';
import { tableOfContents } from './contents.js';
import { type ReportTarget, writeReport } from './report.js';
import { type JudgedTest, Results, summarize } from './results.js';

export interface ConformanceOptions {
  /** The backend under test: the object itself, which is registered, or the name of one that is registered already. */
  backend: NormalizationBackend | string;
  /** Factor on the errors that are allowed, for hardware that rounds more coarsely than IEEE float32. Default 1. */
  tolerance?: number | undefined;
  /** Other registered backends, between which and this one the swap tests move. Without any they are not run. */
  swapWith?: string | readonly string[] | undefined;
  /**
   * False where `tensor.dataSync()` does not work, as on WebGPU in Node: batch norm over a group of processes must then be refused,
   * rather than right. 'slow' where it takes milliseconds, as on WebGPU in browsers: fewer trials. Default true.
   */
  synchronousReads?: boolean | 'slow' | undefined;
  /** Name of this run in reports, if one backend is tested in several set-ups. Default: the backend's name. */
  label?: string | undefined;
  /** Where the matrix goes. Default, in Node: reports/conformance-<label>.json. */
  report?: ReportTarget | undefined;
  /** Seed of the property tests. */
  seed?: number | undefined;
  /** How many inputs each property test draws. Default 40. */
  draws?: number | undefined;
  /**
   * Milliseconds after which a test counts as failed, in the place of vitest's own limit of 5 seconds. Default: two minutes,
   * which is meant to tell a test that hangs, not a slow machine.
   */
  timeLimit?: number | undefined;
}

/**
 * Defines (with vitest's `describe` and `it`) the tests that every backend must pass. Call it at the top level of a test
 * file that imports `@tensorflow/tfjs`, whose gradients the suite uses, and the backend.
 */
export function conformance(options: ConformanceOptions): void {
  const { backend, tolerance = 1, swapWith = [], report, seed = 20150211, timeLimit = 120_000 } = options;
  const { synchronousReads = true, draws = 40 } = options;
  checkDraws(draws);
  if (typeof timeLimit !== 'number' || !(timeLimit > 0)) {
    throw new Error(
      `conformance: timeLimit must be a positive number of milliseconds, got ${String(timeLimit)}`,
    );
  }
  const name = typeof backend === 'string' ? backend : backend.name;
  const label = options.label ?? name;
  const context: Context = {
    backend: name,
    swapWith: typeof swapWith === 'string' ? [swapWith] : swapWith,
    synchronousReads,
    tolerance,
    draws: { seed, runs: draws },
    results: new Results(),
  };

  const prepare = async () => {
    assertGradients();
    if (typeof backend !== 'string') registerBackend(backend);
    await useBackend(name);
  };
  defineTests(label, tableOfContents(context), { context, prepare, report, timeLimit });
}

/** Without any inputs a property would hold of everything. */
function checkDraws(draws: number): void {
  if (Number.isInteger(draws) && draws >= 1) return;
  throw new Error(`conformance: draws must be an integer of at least 1, got ${String(draws)}`);
}

interface Definition {
  readonly context: Context;
  readonly prepare: () => Promise<void>;
  readonly report: ReportTarget | undefined;
  readonly timeLimit: number;
}

/** Defines a test for each behaviour, and reports how vitest has judged them. */
export function defineTests(
  label: string,
  features: readonly Feature[],
  { context, prepare, report, timeLimit }: Definition,
): void {
  const { results, backend, tolerance } = context;
  describe(`conformance of ${label}`, () => {
    beforeAll(prepare, timeLimit);
    for (const { feature, behaviours } of features) {
      const entries = Object.entries(behaviours);
      results.defineFeature(feature, entries.length);
      describe(feature, () => {
        for (const [sentence, behaviour] of entries) {
          const test = ({ task }: { task: JudgedTest }) => {
            results.startTest(feature, task);
            return run(behaviour, context);
          };
          it(sentence, test, timeLimit);
        }
      });
    }
    afterAll(async () => {
      const matrix = results.matrix(label, backend, tolerance);
      console.log(summarize(matrix));
      await writeReport(matrix, report);
    }, timeLimit);
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
async function run(behaviour: Behaviour, context: Context): Promise<void> {
  await tf.setBackend(context.backend);
  const before = tf.memory().numTensors;
  await behaviour(context);
  expect(tf.memory().numTensors - before, 'tensors left behind').toBe(0);
}
