/** The settings of a run, and the buttons that start one. */
import { maximumSeed, normNames, placements } from '@bn/lenet';
import { t } from '../messages/language.js';
import { dataset, worker } from '../state/page.js';
import { changeSettings, planned, settings } from '../state/plan.js';
import { compare, start, trainAlone } from '../state/runs.js';
import { Comparison } from './comparison.js';
import { Panel } from './panel.js';
import { faultOf, faultOfRuns } from './runFault.js';
import { showResults } from './showResults.js';

/** The form that sets the plan, for buttons elsewhere. */
export const settingsFormId = 'settings';

export function NewRunPanel() {
  const { controls, norms, placements: placementNames } = t.value;
  const current = settings.value;
  const runs = planned.value;
  const waiting = worker.value !== 'ready' || dataset.value === undefined;
  const fault = faultOfRuns(runs);
  // One of the two runs has batch norm, whatever is chosen above.
  const faultOfCompared = faultOf({ ...current, norm: 'batch' });
  return (
    <Panel id="new-run" title={controls.title}>
      <form
        class="settings"
        id={settingsFormId}
        onSubmit={(event) => {
          event.preventDefault();
          void (runs.length === 1 ? start(current) : trainAlone(runs)).then(showResults);
        }}
      >
        <label class="wide">
          {controls.norm}
          <select value={current.norm} onChange={change('norm')}>
            {normNames.map((name) => (
              <option key={name} value={name}>
                {norms[name]}
              </option>
            ))}
          </select>
        </label>
        <label class="wide">
          {controls.placement}
          <select
            value={current.placement}
            onChange={change('placement')}
            disabled={runs.every(({ norm }) => norm === 'none')}
          >
            {placements.map((name) => (
              <option key={name} value={name}>
                {placementNames[name]}
              </option>
            ))}
          </select>
        </label>
        {field('learningRate', { min: 0.0001, max: 100, step: 'any' })}
        {field('batchSize', { min: 1, max: 4096, step: 1 })}
        {field('epochs', { min: 1, max: 1000, step: 1 })}
        {field('seed', { min: 0, max: maximumSeed, step: 1 })}
        <Comparison />
        <p class="fault wide" role="alert">
          {fault}
        </p>
        <button type="submit" class="primary wide" disabled={waiting || fault !== undefined}>
          {runs.length === 1 ? controls.start : t.value.comparison.start(runs.length)}
        </button>
        <button
          type="button"
          class="wide"
          disabled={waiting || faultOfCompared !== undefined}
          aria-describedby="compare-hint"
          onClick={({ currentTarget }) => {
            if (currentTarget.form!.reportValidity()) void compare(current).then(showResults);
          }}
        >
          {controls.compare}
        </button>
        <p class="hint wide" id="compare-hint">
          {(fault === undefined && faultOfCompared) || controls.compareHint}
        </p>
      </form>
    </Panel>
  );
}

type NumberField = 'learningRate' | 'batchSize' | 'epochs' | 'seed';

const field = (name: NumberField, limits: { min: number; max: number; step: number | 'any' }) => (
  <label key={name}>
    {t.value.controls[name]}
    <input
      type="number"
      inputMode="decimal"
      required
      {...limits}
      value={Number.isNaN(settings.value[name]) ? '' : settings.value[name]}
      onInput={({ currentTarget }) => changeSettings({ [name]: currentTarget.valueAsNumber })}
    />
  </label>
);

const change =
  (name: 'norm' | 'placement') =>
  ({ currentTarget }: { currentTarget: HTMLSelectElement }) =>
    changeSettings({ [name]: currentTarget.value });
