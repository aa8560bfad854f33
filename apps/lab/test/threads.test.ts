/** Threads of the wasm backend on the built page. */
import { expect, test } from 'vitest';
import { eventually, goesOnBy, progress, reaches, start, storedRuns, useLab } from './browser.js';

const lab = useLab();

test('wasm computes on two threads, from the middle of a run on, with the same bits', async () => {
  const { page, faults } = await lab.open();
  const threads = page.getByLabel('Threads of wasm');
  const settings = { Epochs: '2', 'Batch size': '64' };
  await start(page, settings);
  await reaches(page, 'finished');
  const before = page.workers().length;
  await start(page, settings);
  await goesOnBy(page, 0.1);
  await threads.selectOption('2');
  // A thread is a worker of the worker.
  await eventually(() => page.workers().length).toBe(before + 1);
  await reaches(page, 'finished');
  const [one, two] = await storedRuns(page);
  const losses = (run: typeof one) =>
    run!.history.map(({ trainLoss, testAccuracy }) => [trainLoss, testAccuracy]);
  expect(losses(two)).toEqual(losses(one));
  expect(faults).toEqual([]);
  await page.reload();
  await eventually(() => threads.inputValue()).toBe('2');
  await start(page, settings);
  await eventually(() => progress(page)).toBeGreaterThan(0);
  await eventually(() => page.workers().length).toBe(before + 1);
  await threads.selectOption('1');
  await eventually(() => page.workers().length).toBe(before);
});
