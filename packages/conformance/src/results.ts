/** What a run of the suite found: the machine-readable matrix. */
import * as tf from '@tensorflow/tfjs-core';
import { type OutputName, pytorchVersion } from './golden/reader.js';
import type { OperationName } from './operations.js';

export interface FeatureResult {
  readonly feature: string;
  passed: number;
  failed: number;
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
  readonly #features = new Map<string, FeatureResult>();
  readonly #accuracy = new Map<string, AccuracyResult>();

  recordTest(feature: string, passed: boolean): void {
    const result = this.#features.get(feature) ?? { feature, passed: 0, failed: 0 };
    result[passed ? 'passed' : 'failed']++;
    this.#features.set(feature, result);
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
      features: [...this.#features.values()],
      accuracy: [...this.#accuracy.values()],
    };
  }
}

/** A few lines for the end of a run. */
export function summarize({ label, features, accuracy }: ConformanceMatrix): string {
  const sum = (count: (feature: FeatureResult) => number) =>
    features.reduce((total, feature) => total + count(feature), 0);
  const passed = sum((feature) => feature.passed);
  const failed = sum((feature) => feature.failed);
  const errors = accuracy.map(
    ({ operation, output, error, pytorch }) =>
      `  ${`${operation} ${output}`.padEnd(26)} ${error.toExponential(2)}  (PyTorch float32 ${pytorch.toExponential(2)})`,
  );
  return [
    `conformance of ${label}: ${passed} ${passed === 1 ? 'case' : 'cases'} passed, ${failed} failed`,
    'worst error against float64 over the golden cases:',
    ...errors,
  ].join('\n');
}
