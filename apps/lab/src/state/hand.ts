/** The run that the worker has in hand: opening it, training it, leaving it. */
import type { Messages } from '../messages/en.js';
import type { OpenedRun } from '../protocol.js';
import { attempt } from './attempt.js';
import { call } from './connection.js';
import { evaluateActive } from './evaluation.js';
import { active, activeId, changeRun, lastReport, runById } from './page.js';
import { Refusal } from './refusal.js';
import { type RunRecord, rewind, settingsOf, statusOf } from './runRecord.js';
import { store, storedCheckpoint } from './store.js';
import { claim, settle } from './tabs.js';
import { refreshViews } from './views.js';

/** Gives the worker a run to have in hand; the one before is paused. */
export async function open(id: string, weights?: Uint8Array): Promise<void> {
  await take(id);
  try {
    const checkpoint = await storedCheckpoint(id);
    const opened = checkpoint
      ? await call('openRun', id, checkpoint)
      : await call('createRun', id, settingsOf(runById(id)!), weights);
    leave();
    activeId.value = id;
    changeRun(id, (current) => reopened(current, opened ?? undefined));
    refreshViews();
    if (hasLearnt(active.value!)) void attempt(async () => void (await evaluateActive()));
  } finally {
    await settle();
  }
}

/** Whether its weights are more than random ones. */
const hasLearnt = ({ at, settings }: RunRecord): boolean => at > 0 || settings === undefined;

/** One text each, so that a second click does not add a second notice. */
const refusals = {
  elsewhere: (t: Messages) => t.runs.elsewhere,
  gone: (t: Messages) => t.runs.gone,
};

/** @throws Refusal where another tab has the run, or has removed it. */
export async function take(id: string): Promise<void> {
  const claimed = await claim(id);
  if (claimed !== 'ours') throw new Refusal(refusals[claimed]);
}

function reopened(record: RunRecord, opened: OpenedRun | undefined): RunRecord {
  if (opened === undefined) return { ...record, status: 'paused' };
  const current = { ...record, status: statusOf(record.status, opened) };
  return opened.training ? rewind(current, opened.training) : current;
}

/** The worker has paused the run that it had in hand. */
export function leave(): void {
  const left = activeId.value;
  activeId.value = undefined;
  if (left === undefined) return;
  changeRun(left, (record) => (record.status === 'training' ? { ...record, status: 'paused' } : record));
}

/** Trains the run in hand. */
export async function train(): Promise<void> {
  const { id, status } = active.value!;
  await call('train');
  lastReport.value = performance.now();
  // It may have come to its end before the worker's answer.
  changeRun(id, (record) => (record.status === status ? { ...record, status: 'training' } : record));
}

export async function endTraining(id: string, status: 'paused' | 'stopped'): Promise<void> {
  // It was left meanwhile, which has paused it.
  if (id !== activeId.value) return;
  await call('pause');
  // It may have come to its end before the worker heard of the pause.
  changeRun(id, (record) =>
    record.status === 'training' || record.status === 'paused' ? { ...record, status } : record,
  );
  store(id);
  refreshViews();
}
