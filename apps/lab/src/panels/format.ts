/** Numbers as people read them. */
import type { Messages } from '../messages/en.js';
import type { RunRecord } from '../state/runRecord.js';

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** A loss has three digits behind the point. */
export const lossText = (loss: number): string => loss.toFixed(3);

/** Thousands stand apart. */
export const whole = (value: number): string =>
  Math.round(value).toLocaleString('en').replaceAll(',', '\u202f');

export const epochsText = (at: number): string => at.toFixed(2);

/** Three digits that count, for values of any size. */
export const short = (value: number): string => Number(value.toPrecision(3)).toString();

/** What a run is called. */
export function runName({ norm, placement, settings, fileName }: RunRecord, t: Messages): string {
  const parts = [t.norms[norm]];
  if (placement === 'after') parts.push(t.runs.after);
  if (settings) {
    parts.push(t.runs.learningRate(settings.learningRate), t.runs.batch(settings.batchSize));
    parts.push(t.runs.seed(settings.seed));
  }
  if (fileName) parts.push(fileName);
  return parts.join(', ');
}
