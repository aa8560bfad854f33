/** Which colour is whose. */
import { t } from '../messages/language.js';
import type { RunRecord } from '../state/runRecord.js';
import { runName } from './runName.js';

export function RunLegend({ shown }: { shown: readonly RunRecord[] }) {
  return (
    <ul class="legend">
      {shown.map((run) => (
        <li key={run.id}>
          <span class="swatch" style={{ background: `var(--run-${run.color})` }} aria-hidden="true" />
          {runName(run, t.value)}
        </li>
      ))}
    </ul>
  );
}
