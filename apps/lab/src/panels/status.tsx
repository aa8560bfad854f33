/** The run in hand: where it stands, and the buttons to pause, resume and stop it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../messages/language.js';
import { epochsText, lossText, percent, whole } from '../messages/numbers.js';
import { now } from '../state/clock.js';
import { active, lastReport, worker } from '../state/page.js';
import { waitingHere } from '../state/queue.js';
import { stopAll } from '../state/removal.js';
import type { RunRecord } from '../state/runRecord.js';
import { pause, resume, stop } from '../state/runs.js';
import { epochText } from './epochText.js';
import { Panel } from './panel.js';
import { runName } from './runName.js';
import { TrainFurtherButton } from './trainFurther.js';

/** A step that takes longer is spoken of. */
const longStepSeconds = 2;
/** Screen readers hear of training this often at most. */
const announceMilliseconds = 10_000;

export function StatusPanel() {
  const run = active.value;
  const texts = t.value.run;
  if (run === undefined) {
    const { starting } = t.value.notices;
    return (
      <section class="panel" id="status" aria-label={texts.progress}>
        <p class="empty">{worker.value === 'starting' ? starting : texts.none}</p>
      </section>
    );
  }
  const point = run.points.at(-1);
  const tested = run.history.at(-1)?.testAccuracy ?? run.evaluation?.accuracy;
  const figures = [
    { label: texts.loss, value: point && lossText(point.loss) },
    { label: texts.trainAccuracy, value: point && percent(point.accuracy) },
    { label: texts.testAccuracy, value: tested === undefined ? undefined : percent(tested) },
    { label: texts.speed, value: point && whole(point.examplesPerSecond) },
  ];
  return (
    <Panel id="status" title={runName(run, t.value)} actions={<Buttons run={run} />}>
      <dl class="figures">
        {figures.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? '–'}</dd>
          </div>
        ))}
      </dl>
      {run.settings && (
        <progress max={run.settings.epochs} value={run.at} aria-label={texts.progress}>
          {epochsText(run.at)}
        </progress>
      )}
      <p class="hint">
        <span data-status={run.status}>{t.value.statuses[run.status]}</span>
        {run.settings && ` · ${whereItStands(run)}`}
      </p>
      <Announcement />
    </Panel>
  );
}

function Buttons({ run }: { run: RunRecord }) {
  const { pause: pauseText, resume: resumeText, stop: stopText, stopAll: stopAllText } = t.value.run;
  const ready = worker.value === 'ready';
  if (run.status === 'finished') {
    return (
      <div class="buttons">
        <TrainFurtherButton run={run} />
      </div>
    );
  }
  const inTraining = run.status === 'training';
  if (!inTraining && run.status !== 'paused') return null;
  const waiting = waitingHere().length;
  return (
    <div class="buttons">
      {inTraining ? (
        <button type="button" disabled={!ready} onClick={() => void pause(run.id)}>
          {pauseText}
        </button>
      ) : (
        <button type="button" class="primary" disabled={!ready} onClick={() => void resume(run.id)}>
          {resumeText}
        </button>
      )}
      <button type="button" disabled={!ready} onClick={() => void stop(run.id)}>
        {stopText}
      </button>
      {waiting > 0 && (
        <button type="button" disabled={!ready} onClick={() => void stopAll(run.id)}>
          {stopAllText(waiting)}
        </button>
      )}
    </div>
  );
}

/** The epoch, and what takes so long where something does. */
function whereItStands(run: RunRecord): string {
  const { at, settings, status, history } = run;
  const texts = t.value.run;
  const seconds = Math.floor((now.value - lastReport.value) / 1000);
  if (status === 'training' && Number.isInteger(at) && at > history.length) return texts.evaluating(seconds);
  const where = epochText(run, settings!.epochs, t.value);
  return status === 'training' && seconds >= longStepSeconds
    ? `${where} · ${texts.underWay(seconds)}`
    : where;
}

/** What a screen reader is told of training, now and then. */
function Announcement() {
  const text = useSignal('');
  const status = active.value?.status;
  // A change of the status is told at once.
  useEffect(() => {
    const announce = () => {
      const run = active.peek();
      const last = run?.points.at(-1);
      if (!run || !last) return;
      const texts = t.peek();
      text.value = texts.run.announce(
        runName(run, texts),
        texts.statuses[run.status],
        epochsText(run.at),
        lossText(last.loss),
      );
    };
    announce();
    const timer = setInterval(announce, announceMilliseconds);
    return () => clearInterval(timer);
  }, [status, text]);
  return (
    <p class="visually-hidden" role="status">
      {text.value}
    </p>
  );
}
