/** Which colour is whose. */
import { t } from '../messages/language.js';
import { RunSwatch } from '../plots/runSwatch.js';
import type { RunRecord } from '../state/runRecord.js';
import { runNames } from './runName.js';

export function RunLegend({ shown }: { shown: readonly RunRecord[] }) {
  const names = runNames(shown, t.value);
  return (
    <ul class="legend">
      {shown.map((run, number) => (
        <li key={run.id}>
          <RunSwatch color={run.color} />
          {names[number]}
        </li>
      ))}
    </ul>
  );
}
