/** Threads of the wasm backend on the built page. */
import { expect, test } from 'vitest';
import {
  button,
  eventually,
  goesOnBy,
  progress,
  reaches,
  ready,
  start,
  storedRuns,
  useLab,
} from './browser.js';

const lab = useLab();

test('wasm computes on two threads, from the middle of a run on, with the same bits', async () => {
  const { page, faults } = await lab.open();
  const threads = page.getByLabel('Threads of wasm');
  const settings = { 'Batch size': '64' };
  await start(page, { ...settings, Epochs: '900' });
  await goesOnBy(page, 0.1);
  const before = page.workers().length;
  await threads.selectOption('2');
  // A thread is a worker of the worker.
  await eventually(() => page.workers().length).toBe(before + 1);
  const epoch = Math.ceil(await progress(page));
  await eventually(() => progress(page)).toBeGreaterThan(epoch);
  await button(page, 'Stop').click();
  await reaches(page, 'stopped');
  await page.reload();
  await eventually(() => threads.inputValue()).toBe('2');
  await ready(page);
  await eventually(() => page.workers().length).toBe(before + 1);
  await threads.selectOption('1');
  await eventually(() => page.workers().length).toBe(before);
  // Last, because nobody knows in which epoch the other got its thread.
  await start(page, { ...settings, Epochs: String(epoch) });
  await reaches(page, 'finished');
  const [two, one] = await storedRuns(page);
  const losses = (run: typeof one) =>
    run!.history.slice(0, epoch).map(({ trainLoss, testAccuracy }) => [trainLoss, testAccuracy]);
  expect(losses(one)).toHaveLength(epoch);
  expect(losses(two)).toEqual(losses(one));
  expect(faults).toEqual([]);
});
