/** A card that normalizes the reader's own numbers. */
import { useSignal } from '@preact/signals';
import { parseNumbers, zScoreLimits, zScores } from '../lessons/zScore.js';
import { t } from '../messages/language.js';
import { short } from '../messages/numbers.js';
import { Panel } from './panel.js';

export function ZScorePanel() {
  const texts = t.value.zScore;
  const numbers = useSignal('2, 4, 4, 6');
  const gamma = useSignal('1');
  const beta = useSignal('0');
  const fields = [
    { name: texts.numbers, text: numbers },
    { name: 'gamma', text: gamma },
    { name: 'beta', text: beta },
  ];
  const [values, scale, shift] = fields.map(({ text }) => parseNumbers(text.value));
  const fault = faultOf();
  return (
    <Panel id="z-score" title={texts.title} hint={texts.hint}>
      <div class="plot-choices">
        {fields.map(({ name, text }) => (
          <label key={name}>
            {name}
            <input
              type="text"
              value={text.value}
              onInput={({ currentTarget }) => {
                text.value = currentTarget.value;
              }}
            />
          </label>
        ))}
      </div>
      <p class="fault" role="alert">
        {fault}
      </p>
      {fault === undefined && table()}
    </Panel>
  );

  function faultOf(): string | undefined {
    for (const parsed of [values!, scale!, shift!]) if ('bad' in parsed) return texts.bad(parsed.bad);
    const counts = [values!, scale!, shift!].map((parsed) => ('values' in parsed ? parsed.values.length : 0));
    if (counts[0]! < 1 || counts[0]! > zScoreLimits.count) return texts.count(zScoreLimits.count);
    return counts[1] === 1 && counts[2] === 1 ? undefined : texts.one;
  }

  function table() {
    const [xs, [g], [b]] = [values, scale, shift].map((parsed) => (parsed as { values: number[] }).values);
    const { mean, deviation, rows } = zScores(xs!, g!, b!);
    const moments = texts.moments(short(mean), short(deviation));
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      <section class="scroll" tabIndex={0} aria-label={moments}>
        <p>{moments}</p>
        <table>
          <thead>
            <tr>
              {texts.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ x, centred, normalized, output }, index) => (
              <tr key={`${index} ${x}`}>
                {[x, centred, normalized, output].map((value, column) => (
                  <td key={texts.columns[column]}>{short(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    );
  }
}
