/** Clicks that come faster than the worker answers. */
import { OptionError, standardSettings } from '@bn/lenet';
import { beforeEach, expect, test, vi } from 'vitest';
import { en } from '../src/messages/en.js';
import type { RunSettings, TrainerCommands } from '../src/protocol.js';
import { inTurn } from '../src/state/attempt.js';
import { activeId, dataset, notices, runById, runs } from '../src/state/page.js';
import { trainNext } from '../src/state/queue.js';
import { lastRemoved, stopAll } from '../src/state/removal.js';
import { queuedRecord } from '../src/state/runRecord.js';
import { look, pause, resume, start, stop, trainAlone } from '../src/state/runs.js';

type Asked = [command: keyof TrainerCommands, run?: string];

/** What the worker was asked, and its answers, which come one after the other and late. */
const asked = vi.hoisted((): Asked[] => []);
const during = vi.hoisted((): Partial<Record<keyof TrainerCommands, (run?: string) => void>> => ({}));

vi.mock('../src/state/connection.js', () => ({
  call: async (...[command, run]: Asked) => {
    asked.push(typeof run === 'string' ? [command, run] : [command]);
    await new Promise((resolve) => setTimeout(resolve));
    during[command]?.(run);
  },
}));
vi.mock('../src/state/views.js', () => ({ refreshViews() {}, forgetViews() {} }));
vi.mock('../src/state/store.js', () => ({
  store() {},
  storeHidden() {},
  forget() {},
  written: async () => {},
  storedCheckpoint: async () => undefined,
}));
// There is no other tab.
vi.mock('../src/state/tabs.js', () => ({ claim: async () => 'ours', settle: async () => {} }));
vi.mock('../src/state/locks.js', () => ({ acquire: async () => true, holds: () => true }));

const settings: RunSettings = {
  norm: 'batch',
  placement: 'before',
  ...standardSettings,
  batchSize: 8,
  epochs: 2,
  seed: 3,
};

const queued = (id: string) => queuedRecord({ id, createdAt: 0, color: 0 }, settings, 48);
const statusOf = (id: string) => runById(id)?.status;

beforeEach(() => {
  asked.length = 0;
  for (const command of Object.keys(during)) delete during[command as keyof typeof during];
  activeId.value = undefined;
  dataset.value = {
    name: 'some',
    trainCount: 48,
    testCount: 8,
    testPixels: new Uint8Array(),
    testLabels: new Uint8Array(),
    samplePixels: new Uint8Array(),
    sampleLabels: new Uint8Array(),
  };
  runs.value = ['one', 'other'].map((id) => ({ ...queued(id), status: 'paused' }));
});

test('a run that is gone on with is the one that trains, whatever is looked at next', async () => {
  await Promise.all([resume('one'), look('other')]);
  expect(asked).toEqual([['createRun', 'one'], ['train'], ['createRun', 'other']]);
  expect(activeId.value).toBe('other');
  expect(statusOf('one')).toBe('paused');
  expect(statusOf('other')).toBe('paused');
});

test('pause and stop are for the run that was shown, not for the one that has taken its place', async () => {
  await resume('one');
  await Promise.all([look('other'), pause('one'), stop('one')]);
  expect(asked.filter(([command]) => command === 'pause')).toEqual([]);
  expect(statusOf('other')).toBe('paused');
});

test('a run that waits does not take the place of one that has just been started', async () => {
  runs.value = [...runs.value, queued('waits')];
  await Promise.all([start(settings), inTurn(trainNext)]);
  expect(statusOf('waits')).toBe('queued');
  expect(statusOf(activeId.value!)).toBe('training');
});

test('a run that ends before the worker has answered that it trains has ended', async () => {
  during.train = () => {
    runs.value = runs.value.map((run) => ({ ...run, status: 'diverged' }));
  };
  await resume('one');
  expect(statusOf('one')).toBe('diverged');
});

test('several runs train one after the other, and their curves are the only ones shown', async () => {
  await trainAlone([settings, { ...settings, norm: 'group' }]);
  const [one, other, first, second] = runs.value;
  expect([one, other, first, second].map((run) => run!.hidden)).toEqual([true, true, false, false]);
  expect([first!.status, second!.status]).toEqual(['training', 'queued']);
  await stop(first!.id);
  expect([statusOf(first!.id), statusOf(second!.id)]).toEqual(['stopped', 'training']);
});

test('a run that cannot begin says why, and those behind it take their turn', async () => {
  runs.value = ['bad', 'good'].map(queued);
  notices.value = [];
  during.createRun = (run) => {
    if (run === 'bad') throw new OptionError('such a run there is not');
  };
  await inTurn(trainNext);
  expect([statusOf('bad'), statusOf('good')]).toEqual(['failed', 'training']);
  expect(runById('bad')!.failure).toBe('such a run there is not');
  expect(notices.value.map(({ text }) => text(en))).toEqual([
    'A run could not begin: such a run there is not',
  ]);
});

test('all runs are stopped at once: the one that trains, and those that wait', async () => {
  await trainAlone([settings, settings, settings]);
  const { id } = runs.value.find(({ status }) => status === 'training')!;
  await stopAll(id);
  expect(runs.value.map(({ status }) => status)).toEqual(['paused', 'paused', 'stopped']);
  expect(lastRemoved.value!.status).toBe('queued');
});
