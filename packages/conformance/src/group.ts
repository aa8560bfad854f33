/**
 * What the members of a real group run, each in its process: needs no test runner.
 *
 * @packageDocumentation
 */
export { type GroupTrialsOptions, groupTrials } from './groupTrials.js';
