/** The numbers of the plots per layer, for those who read rather than look. */
import { t } from '../messages/language.js';
import { short } from '../messages/numbers.js';
import { type MeasuredKind, type Moment, measuredAt, measuredKinds } from '../plots/measuredData.js';
import type { RunRecord } from '../state/runRecord.js';
import { runName } from './runName.js';

interface MeasurementTableProps {
  readonly shown: readonly RunRecord[];
  readonly moment: Moment;
}

export function MeasurementTable({ shown, moment }: MeasurementTableProps) {
  const texts = t.value.signal;
  const kinds = Object.entries(measuredKinds) as [MeasuredKind, (typeof measuredKinds)[MeasuredKind]][];
  return (
    <details class="table">
      <summary>{texts.table}</summary>
      {kinds.map(([kind, { layers, value }]) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section key={kind} class="scroll" tabIndex={0} aria-label={texts[kind]}>
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.byLayer(texts[kind], texts.moments[moment])}</th>
                {layers.map((layer) => (
                  <th key={layer} scope="col">
                    {texts.layers[layer]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((run) => {
                const point = measuredAt(run, moment);
                return (
                  <tr key={run.id}>
                    <th scope="row">{runName(run, t.value)}</th>
                    {layers.map((layer) => (
                      <td key={layer}>{point ? short(value(point, layer)) : '–'}</td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      ))}
    </details>
  );
}
