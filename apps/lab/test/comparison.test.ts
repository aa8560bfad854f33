/** Several runs, ticked in the form, trained and told apart in the page. */
import { expect, test } from 'vitest';
import {
  button,
  eventually,
  goesOnBy,
  notices,
  progress,
  reaches,
  ready,
  storedRuns,
  useLab,
} from './browser.js';
import { drawnLabels, noteLabels } from './drawnLabels.js';

const lab = useLab();

test('ticks make a comparison: a link, its runs one after the other, each told apart', async () => {
  const { page, faults } = await lab.open({ viewport: { width: 390, height: 844 } });
  const form = page.locator('#new-run');
  await form.getByLabel('Epochs').fill('1');
  await form.locator('summary').click();
  const otherNorms = form.getByRole('group', { name: 'Other normalizations' });
  await otherNorms.getByLabel('group norm').check();
  await form.getByRole('group', { name: 'Other placement' }).getByRole('checkbox').check();
  await form.getByRole('group', { name: 'Other batch sizes' }).getByLabel('1024').check();
  // Two norms, two places and two batch sizes.
  await eventually(() => form.getByRole('alert').textContent()).toContain('These are 8 runs, and at most 5');
  expect(await button(page, 'Train these 8 runs').isDisabled()).toBe(true);
  await form.getByRole('group', { name: 'Other placement' }).getByRole('checkbox').uncheck();
  await eventually(() => form.locator('.fault').textContent()).toBe('');
  await otherNorms.getByLabel('group norm').uncheck();
  await otherNorms.getByLabel('no norm').check();
  await eventually(() => page.url()).toContain('norm=batch,none&placement=before');
  await eventually(() => page.url()).toContain('batchSize=256,1024');
  await page.reload();
  await ready(page);
  await button(page, 'Train these 4 runs').click();
  await eventually(() => page.locator('#runs [data-status=finished]').count()).toBe(4);
  const dashes = await page
    .locator('#runs .run-swatch line')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke-dasharray')));
  expect(new Set(dashes).size).toBe(4);
  const over = page.locator('#curves .u-over').first();
  // It scrolls there, and begins again if the plot is made anew meanwhile.
  await over.hover();
  const names = page.locator('#curves .readout-name');
  await eventually(() => names.allTextContents()).toEqual([
    ...['batch norm, batch 256', 'batch norm, batch 1024', 'no norm, batch 256', 'no norm, batch 1024'],
  ]);
  // None is cut off, narrow as the page is.
  expect(await names.evaluateAll((all) => all.filter((name) => name.scrollWidth > name.clientWidth))).toEqual(
    [],
  );
  expect(faults).toEqual([]);
});

test('a norm that is changed by hand is compared with what a lesson compares, and all runs end by one click', async () => {
  const { page, faults } = await lab.open();
  await page.getByRole('link', { name: 'Without normalization' }).click();
  await page.locator('#new-run').getByLabel('Normalization').selectOption('group');
  await page.locator('#new-run').getByLabel('Epochs').fill('900');
  await page.locator('.lesson').getByRole('button', { name: 'Train these 2 runs' }).click();
  await goesOnBy(page, 0);
  expect(await page.locator('#runs .run').allTextContents()).toEqual([
    expect.stringMatching(/^group norm.*training · epoch \d+ of 900/),
    expect.stringMatching(/^no norm.*waiting/),
  ]);
  await button(page, 'Stop, and drop the 1 waiting').click();
  await reaches(page, 'stopped');
  expect(await page.locator('#runs .run').count()).toBe(1);
  expect(faults).toEqual([]);
});

test('a run of a comparison that diverges does not stop the others', async () => {
  const { page, faults } = await lab.open();
  // At this rate the loss stays finite only if the norm is before the activation.
  const query = '?norm=batch,group&placement=after,before&learningRate=100&epochs=1';
  await page.goto(new URL(query, page.url()).href);
  await ready(page);
  await button(page, 'Train these 4 runs').click();
  const statuses = () =>
    page
      .locator('#runs [data-status]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-status')));
  await eventually(statuses).toEqual(['diverged', 'finished', 'diverged', 'finished']);
  expect(await notices(page, 'alert')).toContain('the loss is no longer finite');
  const runs = await storedRuns(page);
  expect(runs.map(({ history }) => history.length)).toEqual([0, 1, 0, 1]);
  expect(faults).toEqual([]);
});

test('the lesson on swaps: the backend changes while the run trains, a mark stands there, and the loss goes on', async () => {
  const { page, faults } = await lab.open({ beforeLoad: noteLabels });
  await page.getByRole('link', { name: 'Swap the backend' }).click();
  // So many that none is through before the swaps.
  await page.locator('#new-run').getByLabel('Epochs').fill('900');
  await button(page, 'Train this run').click();
  await goesOnBy(page, 0.5);
  const swapTo = (name: string) => page.locator('#backend').getByRole('radio', { name }).click();
  await swapTo('cpu');
  // A step on cpu takes seconds: one is enough to see.
  await goesOnBy(page, 0);
  await swapTo('wasm');
  await eventually(() => page.locator('#backend input:enabled').count()).toBe(4);
  const epoch = Math.ceil(await progress(page));
  await eventually(() => progress(page)).toBeGreaterThan(Math.max(epoch, 2));
  await button(page, 'Pause').click();
  await reaches(page, 'paused');
  const [run] = await storedRuns(page);
  expect(run!.swaps.map(({ from, to }) => `${from} ${to}`)).toEqual(['wasm cpu', 'cpu wasm']);
  const { at } = run!.swaps[0]!;
  const lossNear = (from: number, to: number) =>
    run!.points.filter((point) => point.at > from && point.at <= to).map(({ loss }) => loss);
  const before = lossNear(at - 0.2, at);
  // What is lost at a swap would be learnt anew, from the loss of guessing on.
  for (const loss of lossNear(at, at + 0.2)) expect(loss).toBeLessThan(Math.max(...before) + 0.4);
  const losses = run!.history.map(({ trainLoss }) => trainLoss);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  await eventually(async () =>
    (await drawnLabels(page)).some(({ labels }) => labels.some(({ text }) => text === 'cpu')),
  ).toBe(true);
  expect(faults).toEqual([]);
});
