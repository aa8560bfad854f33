/** The worker's life: it starts, it reports, it may crash, and another takes its place. */
import type { Reason } from '@bn/lenet';
import { CrashError } from '../errors.js';
import { textOf } from '../messages/reasons.js';
import type { BackendAvailability, TrainerCommands, TrainerEvent } from '../protocol.js';
import { showNow, showSoon } from './pace.js';
import { activeId, backends, changeRun, lastReport, layers, notify, runs, training, worker } from './page.js';
import { applyEvent } from './runRecord.js';
import { store } from './store.js';
import { showTested } from './tested.js';
import { TrainerClient } from './trainerClient.js';

let client: TrainerClient | undefined;

/** Events that others follow from at once. */
const ends: ReadonlySet<TrainerEvent['kind']> = new Set(['finished', 'diverged', 'broken']);
/** Commands that change nothing. */
const looks: ReadonlySet<keyof TrainerCommands> = new Set([
  'inspect',
  'predictSample',
  'lookAt',
  'classify',
  'evaluate',
]);

/** What the actions do about events, beside what is shown of them. */
interface Reactions {
  /** A run has ended by itself. */
  readonly onEnd: () => void;
  /** The run in hand has finished an epoch. */
  readonly onEpoch: () => void;
  /** A person wants another worker; the run in hand was in training or not. */
  readonly restart: (wasTraining: boolean) => void;
}

/** Starts a worker; resolves when it knows which backends there are. */
export function connect(reactions: Reactions): Promise<readonly BackendAvailability[]> {
  worker.value = 'starting';
  return new Promise((resolve, reject) => {
    client = new TrainerClient({
      onBackends(available) {
        backends.value = available;
        resolve(available);
      },
      onEvent(event) {
        showSoon(() => receive(event, reactions));
        if (ends.has(event.kind)) showNow();
      },
      onCrash(reason) {
        showNow();
        crashed(reason, reactions.restart);
        reject(new CrashError(reason.message));
      },
    });
  });
}

/** Asks the worker; see `TrainerCommands`. What it has reported by its answer to a change is received before. */
export const call = <Name extends keyof TrainerCommands>(
  command: Name,
  ...parameters: Parameters<TrainerCommands[Name]>
): ReturnType<TrainerCommands[Name]> => {
  const answer = client!.call(command, ...parameters) as Promise<unknown>;
  const received = looks.has(command) ? answer : answer.finally(showNow);
  return received as ReturnType<TrainerCommands[Name]>;
};

function receive(event: TrainerEvent, { onEnd, onEpoch }: Reactions): void {
  const isActive = event.run === activeId.value;
  if (isActive) lastReport.value = performance.now();
  changeRun(event.run, (record) => applyEvent(record, event));
  switch (event.kind) {
    case 'saved':
      store(event.run, event.checkpoint);
      break;
    case 'layers':
      if (isActive) layers.value = event.layers;
      break;
    case 'epoch':
      showTested({ ...event.tested, run: event.run, at: event.metrics.epoch });
      if (isActive) onEpoch();
      break;
    case 'broken':
      client!.crash(event.reason);
      break;
    case 'diverged':
      notify({ tone: 'error', text: (t) => t.notices.diverged(textOf(event.reason, t)) });
      store(event.run);
      onEnd();
      break;
    case 'finished':
      store(event.run);
      onEnd();
      break;
  }
}

function crashed(reason: Reason, restart: Reactions['restart']): void {
  const wasTraining = training.value;
  worker.value = 'crashed';
  runs.value = runs.value.map((record) =>
    record.status === 'training' ? { ...record, status: 'paused' } : record,
  );
  notify({
    tone: 'error',
    text: (t) => t.notices.crashed(textOf(reason, t)),
    action: { label: (t) => t.notices.restart, run: () => restart(wasTraining) },
  });
}
