/** Loads checkpoints from files, and saves runs as files. */

import { CheckpointError, longestFile, reasonOf } from '@bn/lenet';
import { CrashError } from '../errors.js';
import { lossText, percent } from '../messages/numbers.js';
import { textOf } from '../messages/reasons.js';
import { attempt, inTurn } from './attempt.js';
import { call } from './connection.js';
import { download } from './download.js';
import { evaluateActive } from './evaluation.js';
import { leave } from './hand.js';
import { acquire } from './locks.js';
import { activeId, changeRun, dataset, newIdentity, notify, runById, runs } from './page.js';
import { loadedRecord, type RunRecord } from './runRecord.js';
import { store, storedCheckpoint } from './store.js';
import { settle } from './tabs.js';
import { refreshViews } from './views.js';

/** Opens a checkpoint of the page or of the command line. Where it is none, nothing changes. */
export const loadCheckpoint = (file: File): Promise<void> =>
  inTurn(async () => {
    if (file.size > longestFile.checkpoint) {
      refuse(file, tooLong(file));
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const identity = newIdentity();
    const { id } = identity;
    await acquire(id);
    let record: RunRecord;
    try {
      record = loadedRecord(identity, file.name, await call('openRun', id, bytes));
    } catch (error) {
      await settle();
      if (error instanceof CrashError) throw error;
      refuse(file, error);
      return;
    }
    leave();
    runs.value = [...runs.value, record];
    activeId.value = id;
    store(id, bytes);
    refreshViews();
    await settle();
    // Takes long on a slow backend; what is asked for meanwhile does not wait.
    void attempt(() => evaluate(record, file.name));
  });

function refuse(file: File, error: unknown): void {
  const reason = reasonOf(error);
  notify({ tone: 'error', text: (t) => t.checkpoints.refused(file.name, textOf(reason, t)) });
}

function tooLong({ size }: File): CheckpointError {
  const [largest, got] = [longestFile.checkpoint, size];
  return new CheckpointError(`expected a file of at most ${largest} bytes, got ${got}`, {
    code: 'LENET_LONG_FILE',
    details: { largest, got },
  });
}

async function evaluate({ id, settings, status }: RunRecord, name: string): Promise<void> {
  const result = await evaluateActive();
  if (result === undefined) return;
  const evaluation = { loss: result.loss, accuracy: result.accuracy };
  changeRun(id, (record) => ({ ...record, evaluation }));
  store(id);
  const { testCount, trainCount } = dataset.value!;
  notify({
    tone: 'information',
    text: (t) => {
      const { loss, accuracy } = evaluation;
      const result = t.checkpoints.loaded(name, lossText(loss), percent(accuracy), testCount);
      if (status === 'finished') return `${result} ${t.checkpoints.isFinished}`;
      if (status === 'paused') return `${result} ${t.checkpoints.canGoOn}`;
      if (settings) return `${result} ${t.checkpoints.otherData(settings.trainCount, trainCount)}`;
      return `${result} ${t.checkpoints.weightsOnly}`;
    },
  });
}

/** Downloads a run as a safetensors file. */
export const saveCheckpoint = (id: string): Promise<void> =>
  attempt(async () => {
    if (id === activeId.value) await call('save');
    const checkpoint = await storedCheckpoint(id);
    if (checkpoint === undefined) {
      notify({ tone: 'error', text: (t) => t.notices.noCheckpoint });
      return;
    }
    download(new Blob([checkpoint as Uint8Array<ArrayBuffer>]), fileNameOf(runById(id)!));
  });

/** For example batch-seed0-epoch2.50.safetensors. */
const fileNameOf = ({ norm, settings, at, fileName }: RunRecord): string =>
  settings
    ? `${norm}-seed${settings.seed}-epoch${at.toFixed(2)}.safetensors`
    : (fileName ?? `${norm}.safetensors`);
