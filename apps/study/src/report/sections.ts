/** What report and documentation say of an experiment, apart from how they are marked up. */
import type { Experiment } from '../experiments/experiment.js';
import type { Entry } from '../results/entry.js';

export interface Section {
  readonly experiment: Experiment;
  readonly entry: Entry;
}

/** Four digits at most; a range if the seeds differ. */
export function rangeText({ mean, low, high }: Entry['numbers'][string]): string {
  if (mean === null || low === null || high === null) return 'no finite number';
  return low === high ? numberText(mean) : `${numberText(mean)} (${numberText(low)} to ${numberText(high)})`;
}

export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
