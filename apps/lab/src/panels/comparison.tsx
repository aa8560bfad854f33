/** Ticks for what is trained beside the run that the form sets: a run for each combination. */
import { normNames, placements } from '@bn/lenet';
import { useSignal } from '@preact/signals';
import { type Choices, choicesOf, maximumCurves } from '../lessons/plan.js';
import { t } from '../messages/language.js';
import { changeOthers, plan, planned } from '../state/plan.js';

/** Offered beside those that the address has. */
const batchSizes = [2, 16, 64, 256, 1024];

export function Comparison() {
  const texts = t.value.comparison;
  const { norms, placements: placementNames } = t.value;
  // A link that compares shows it.
  const isOpen = useSignal(planned.peek().length > 1);
  const offeredSizes = [...new Set([...batchSizes, ...plan.value.others.batchSizes])].sort((a, b) => a - b);
  return (
    <details
      class="wide comparison"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{texts.title}</summary>
      <div class="stack">
        <p class="hint">{texts.hint(maximumCurves)}</p>
        <Ticks kind="norms" offered={normNames} name={(norm) => norms[norm]} />
        {choicesOf(plan.value).norms.some((norm) => norm !== 'none') && (
          <Ticks kind="placements" offered={placements} name={(placement) => placementNames[placement]} />
        )}
        <Ticks kind="batchSizes" offered={offeredSizes} name={String} />
      </div>
    </details>
  );
}

interface TicksProps<Kind extends keyof Choices> {
  readonly kind: Kind;
  readonly offered: Choices[Kind];
  readonly name: (choice: Choices[Kind][number]) => string;
}

/** The choices that are not the form's own. */
function Ticks<Kind extends keyof Choices>({ kind, offered, name }: TicksProps<Kind>) {
  const { settings, others } = plan.value;
  const own = { norms: settings.norm, placements: settings.placement, batchSizes: settings.batchSize }[kind];
  const ticked = others[kind] as readonly unknown[];
  const tick = (choice: unknown, isTicked: boolean) =>
    changeOthers({
      [kind]: offered.filter((one) => (one === choice ? isTicked : ticked.includes(one))),
    });
  return (
    <fieldset class="choices">
      <legend>{t.value.comparison.also[kind]}</legend>
      {offered
        .filter((choice) => choice !== own)
        .map((choice) => (
          <label key={choice} class="choice">
            <input
              type="checkbox"
              checked={ticked.includes(choice)}
              onChange={({ currentTarget }) => tick(choice, currentTarget.checked)}
            />
            {name(choice)}
          </label>
        ))}
    </fieldset>
  );
}
