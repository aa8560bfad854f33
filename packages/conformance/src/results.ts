/** What a run of the suite found: the machine-readable matrix. */
import * as tf from '@tensorflow/tfjs-core';
import { type OutputName, pytorchVersion } from './golden/reader.js';
import type { OperationName } from './operation.js';

export interface FeatureResult {
  readonly feature: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that were defined and not run: left out by a filter, or by `only` or `skip`. */
  readonly notRun: number;
}

/** A test as vitest judges it: a timeout or a failing hook counts, whatever the test's own function did. */
export interface JudgedTest {
  readonly result?: { readonly state?: string | undefined } | undefined;
}

/** Worst error over the golden cases of one output of one operation. */
export interface AccuracyResult {
  readonly operation: OperationName;
  readonly output: OutputName;
  cases: number;
  /** max |result - float64 truth| / scale. */
  error: number;
  /** The same for PyTorch's float32 kernel. */
  pytorch: number;
}

/** The matrix of one backend, as it is written to its file. */
export interface ConformanceMatrix {
  readonly label: string;
  readonly backend: string;
  readonly tolerance: number;
  readonly tfjs: string;
  readonly pytorch: string;
  readonly features: readonly FeatureResult[];
  readonly accuracy: readonly AccuracyResult[];
}

export class Results {
  readonly #defined = new Map<string, number>();
  readonly #started = new Map<string, Set<JudgedTest>>();
  readonly #accuracy = new Map<string, AccuracyResult>();

  /** A feature of so many tests. */
  defineFeature(feature: string, tests: number): void {
    this.#defined.set(feature, tests);
    this.#started.set(feature, new Set());
  }

  /** A test has begun; what becomes of it is asked of vitest at the end. */
  startTest(feature: string, test: JudgedTest): void {
    this.#started.get(feature)!.add(test);
  }

  recordError(operation: OperationName, output: OutputName, error: number, pytorch: number): void {
    const key = `${operation} ${output}`;
    const result = this.#accuracy.get(key) ?? { operation, output, cases: 0, error: 0, pytorch: 0 };
    result.cases++;
    // An error that is no number is the worst there is.
    result.error = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(result.error, error);
    result.pytorch = Math.max(result.pytorch, pytorch);
    this.#accuracy.set(key, result);
  }

  accuracyOf(operation: OperationName): AccuracyResult[] {
    return [...this.#accuracy.values()].filter((result) => result.operation === operation);
  }

  matrix(label: string, backend: string, tolerance: number): ConformanceMatrix {
    return {
      label,
      backend,
      tolerance,
      tfjs: tf.version_core,
      pytorch: pytorchVersion,
      features: [...this.#defined].map(([feature, tests]) => this.#judge(feature, tests)),
      accuracy: [...this.#accuracy.values()],
    };
  }

  #judge(feature: string, tests: number): FeatureResult {
    const states = [...this.#started.get(feature)!].map(({ result }) => result?.state);
    const passed = states.filter((state) => state === 'pass').length;
    return { feature, passed, failed: states.length - passed, notRun: tests - states.length };
  }
}

/** A few lines for the end of a run. */
export function summarize({ label, features, accuracy }: ConformanceMatrix): string {
  const sum = (count: (feature: FeatureResult) => number) =>
    features.reduce((total, feature) => total + count(feature), 0);
  const passed = sum((feature) => feature.passed);
  const failed = sum((feature) => feature.failed);
  const notRun = sum((feature) => feature.notRun);
  const errors = accuracy.map(
    ({ operation, output, error, pytorch }) =>
      `  ${`${operation} ${output}`.padEnd(26)} ${error.toExponential(2)}  (PyTorch float32 ${pytorch.toExponential(2)})`,
  );
  return [
    `conformance of ${label}: ${passed} ${passed === 1 ? 'case' : 'cases'} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`,
    'worst error against float64 over the golden cases:',
    ...errors,
  ].join('\n');
}
