/**
 * The suite that every normalization backend passes: `conformance({ backend })` in a test file.
 *
 * @packageDocumentation
 */
export type { Outcome } from './attempt.js';
export { type ConformanceOptions, conformance } from './conformance.js';
export { inProcessGroup, inProcessOutcomes } from './inProcessGroup.js';
export type { ReportTarget } from './report.js';
export type { AccuracyResult, ConformanceMatrix, FeatureResult } from './results.js';
