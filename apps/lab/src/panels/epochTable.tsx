/** The same numbers as the curves have, for those who read rather than look. */
import { t } from '../messages/language.js';
import { lossText, percent } from '../messages/numbers.js';
import { runs } from '../state/page.js';
import { runName } from './runName.js';

export function EpochTable() {
  const texts = t.value.curves;
  const rows = runs.value.flatMap((run) => run.history.map((metrics) => ({ run, metrics })));
  return (
    <details class="table">
      <summary>{texts.table}</summary>
      {rows.length === 0 ? (
        <p class="empty">{texts.noEpoch}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label={texts.table}>
          <table>
            <thead>
              <tr>
                {[
                  texts.run,
                  texts.epoch,
                  texts.trainLoss,
                  texts.trainAccuracy,
                  texts.testLoss,
                  texts.testAccuracy,
                ].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ run, metrics }) => (
                <tr key={`${run.id} ${metrics.epoch}`}>
                  <th scope="row">{runName(run, t.value)}</th>
                  <td>{metrics.epoch}</td>
                  <td>{lossText(metrics.trainLoss)}</td>
                  <td>{percent(metrics.trainAccuracy)}</td>
                  <td>{lossText(metrics.testLoss)}</td>
                  <td>{percent(metrics.testAccuracy)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
