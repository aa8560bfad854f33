/** What a run is called: its settings, and a number if runs before it have the same. */
import type { Messages } from '../messages/en.js';
import { runs } from '../state/page.js';
import type { RunRecord } from '../state/runRecord.js';

export const runName = (run: RunRecord, t: Messages): string => named(run, t, partsOf(run, t));

/** Short names for runs that are shown together: the norm, and those settings in which they differ. */
export function runNames(shown: readonly RunRecord[], t: Messages): string[] {
  const all = shown.map((run) => partsOf(run, t));
  return shown.map((run, number) => {
    const parts = all[number]!.filter(
      (part, place) => place === 0 || all.some((other) => other[place] !== part),
    );
    return named(run, t, parts);
  });
}

function named(run: RunRecord, t: Messages, parts: readonly string[]): string {
  const name = parts.filter(Boolean).join(t.comma);
  const settings = String(partsOf(run, t));
  const equal = runs.value.filter((other) => String(partsOf(other, t)) === settings);
  const number = equal.findIndex(({ id }) => id === run.id) + 1;
  return number > 1 ? `${name} (${number})` : name;
}

/** Each setting at its own place; empty if there is nothing to say of it. */
function partsOf({ norm, placement, settings, fileName }: RunRecord, t: Messages): string[] {
  return [
    t.norms[norm],
    placement === 'after' ? t.runs.after : '',
    settings ? t.runs.learningRate(settings.learningRate) : '',
    settings ? t.runs.batch(settings.batchSize) : '',
    settings ? t.runs.seed(settings.seed) : '',
    fileName ?? '',
  ];
}
