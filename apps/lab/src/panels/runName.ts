/** What a run is called: its settings, and a number if runs before it have the same. */
import type { Messages } from '../messages/en.js';
import { runs } from '../state/page.js';
import type { RunRecord } from '../state/runRecord.js';

export function runName(run: RunRecord, t: Messages): string {
  const name = settingsText(run, t);
  const equal = runs.value.filter((other) => settingsText(other, t) === name);
  const number = equal.findIndex(({ id }) => id === run.id) + 1;
  return number > 1 ? `${name} (${number})` : name;
}

function settingsText({ norm, placement, settings, fileName }: RunRecord, t: Messages): string {
  const parts = [t.norms[norm]];
  if (placement === 'after') parts.push(t.runs.after);
  if (settings) {
    parts.push(t.runs.learningRate(settings.learningRate), t.runs.batch(settings.batchSize));
    parts.push(t.runs.seed(settings.seed));
  }
  if (fileName) parts.push(fileName);
  return parts.join(t.comma);
}
