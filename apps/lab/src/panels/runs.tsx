/** All runs: the curves' legend, and what can be done with each. */
import { t } from '../messages/language.js';
import { percent } from '../messages/numbers.js';
import { RunSwatch } from '../plots/runSwatch.js';
import { saveCheckpoint } from '../state/checkpoints.js';
import { activeId, dataset, elsewhere, runs, worker } from '../state/page.js';
import { settings } from '../state/plan.js';
import { remove } from '../state/removal.js';
import type { RunRecord, RunStatus } from '../state/runRecord.js';
import { look, resume, setHidden, trainOnFrom } from '../state/runs.js';
import { epochText } from './epochText.js';
import { Panel } from './panel.js';
import { RemovedRun } from './removedRun.js';
import { runName } from './runName.js';
import { TrainFurtherButton } from './trainFurther.js';

/** Others stand at the start or at the end. */
const hasEpoch: ReadonlySet<RunStatus> = new Set(['training', 'paused', 'stopped']);

export function RunsPanel() {
  const texts = t.value.runs;
  return (
    <Panel id="runs" title={texts.title}>
      {runs.value.length === 0 ? (
        <p class="empty">{texts.empty}</p>
      ) : (
        <ul class="runs">
          {runs.value.map((run) => (
            <Run key={run.id} run={run} />
          ))}
        </ul>
      )}
      <RemovedRun />
    </Panel>
  );
}

function Run({ run }: { run: RunRecord }) {
  const { runs: texts, statuses } = t.value;
  const name = runName(run, t.value);
  const shown = elsewhere.value.has(run.id) ? 'elsewhere' : run.status;
  const tested = run.history.at(-1)?.testAccuracy ?? run.evaluation?.accuracy;
  return (
    <li class="run" aria-current={run.id === activeId.value ? 'true' : undefined}>
      <label class="run-name">
        <input
          type="checkbox"
          checked={!run.hidden}
          aria-label={texts.show(name)}
          onChange={() => setHidden(run.id, !run.hidden)}
        />
        <RunSwatch color={run.color} />
        {name}
      </label>
      <span class="run-state">
        <span data-status={shown}>{statuses[shown]}</span>
        {run.settings && hasEpoch.has(run.status) && ` · ${epochText(run, run.settings.epochs, t.value)}`}
        {tested !== undefined && ` · ${texts.tested(percent(tested))}`}
      </span>
      <RunButtons run={run} name={name} />
    </li>
  );
}

function RunButtons({ run, name }: { run: RunRecord; name: string }) {
  const { runs: texts, run: runTexts } = t.value;
  const { id, status } = run;
  const waiting = worker.value !== 'ready' || dataset.value === undefined;
  const isActive = id === activeId.value;
  const hasBegun = status !== 'queued' && status !== 'failed';
  const isAtRest = hasBegun && status !== 'training';
  return (
    <span class="buttons">
      {!isActive && (status === 'paused' || status === 'queued') && (
        <button
          type="button"
          disabled={waiting}
          aria-label={texts.resume(name)}
          onClick={() => void resume(id)}
        >
          {runTexts.resume}
        </button>
      )}
      {!isActive && isAtRest && status !== 'diverged' && (
        <button type="button" disabled={waiting} aria-label={texts.open(name)} onClick={() => void look(id)}>
          {texts.openShort}
        </button>
      )}
      {status === 'finished' && <TrainFurtherButton run={run} />}
      {status === 'weights' && (
        <button
          type="button"
          disabled={waiting}
          aria-label={texts.trainOn(name)}
          onClick={() => void trainOnFrom(id, settings.value)}
        >
          {texts.trainOnShort}
        </button>
      )}
      {hasBegun && (
        <button
          type="button"
          disabled={isActive && waiting}
          aria-label={texts.save(name)}
          onClick={() => void saveCheckpoint(id)}
        >
          {texts.saveShort}
        </button>
      )}
      <button
        type="button"
        disabled={isActive && waiting}
        aria-label={texts.remove(name)}
        onClick={() => void remove(id)}
      >
        {texts.removeShort}
      </button>
    </span>
  );
}
