/** A button that trains a finished run further, for as many epochs as the form of new runs says. */
import { t } from '../messages/language.js';
import { dataset, worker } from '../state/page.js';
import { settings } from '../state/plan.js';
import type { RunRecord } from '../state/runRecord.js';
import { trainFurther } from '../state/runs.js';
import { runName } from './runName.js';

export function TrainFurtherButton({ run }: { run: RunRecord }) {
  const { runs: texts } = t.value;
  const { epochs } = settings.value;
  const waiting = worker.value !== 'ready' || dataset.value === undefined;
  return (
    <button
      type="button"
      disabled={waiting || !(epochs >= 1)}
      aria-label={texts.trainFurther(runName(run, t.value), epochs)}
      onClick={() => void trainFurther(run.id, epochs)}
    >
      {texts.trainFurtherShort(epochs)}
    </button>
  );
}
