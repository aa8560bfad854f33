/** What a person does with the page: train, swap, compare, reload. */
import { expect, test } from 'vitest';
import {
  button,
  eventually,
  eventuallyInSight,
  figure,
  goesOnBy,
  notices,
  progress,
  reaches,
  ready,
  start,
  status,
  storedRuns,
  useLab,
} from './browser.js';

const lab = useLab();

test('a run starts, its loss falls, and its layers and predictions are shown', async () => {
  const { page, faults } = await lab.open();
  await start(page, { Epochs: '2' });
  await reaches(page, 'finished');
  expect(await figure(page, 'Loss')).toBeLessThan(1.2);
  expect(await figure(page, 'Test accuracy')).toBeGreaterThan(40);
  expect(await figure(page, 'Examples/s')).toBeGreaterThan(0);
  const plots = await page
    .locator('#curves [role=img]')
    .evaluateAll((all) => all.map((plot) => plot.getAttribute('aria-label')));
  expect(plots[0]).toMatch(
    /^Loss by epoch\. Last values: batch norm, rate 0\.9, batch 256, seed 0: \d\.\d{3}$/,
  );
  expect(await page.locator('#layers .layer').count()).toBe(4);
  expect(await page.locator('#layers .layer').first().locator('[role=img]').count()).toBe(5);
  await page.locator('#images li').first().waitFor();
  expect(await page.locator('#images li').first().getAttribute('class')).toBe('wrong');
  expect(faults).toEqual([]);
});

test('filters and feature maps in sight follow the training', async () => {
  const { page, faults } = await lab.open();
  await start(page, { Epochs: '900', 'Batch size': '16' });
  const images = page.locator('#first-layers [role=img]');
  const names = () => images.evaluateAll((all) => all.map((image) => image.getAttribute('aria-label')!));
  const panel = page.locator('#first-layers');
  await eventuallyInSight(panel, async () => (await names()).length).toBe(6 + 6 + 16);
  const before = await names();
  expect(before[0]).toMatch(/^Filter 1: weights from -0\.\d+ to 0\.\d+$/);
  expect(before[6]).toMatch(/^Feature map 1: from 0\.\d\d to [01]\.\d\d$/);
  await eventuallyInSight(panel, async () => (await names())[0]).not.toBe(before[0]);
  expect(faults).toEqual([]);
});

test('training goes on over swaps to every backend and back, and the swaps are kept', async () => {
  const { page, faults } = await lab.open();
  await start(page, { Epochs: '900', 'Batch size': '8' });
  await goesOnBy(page, 0);
  for (const name of ['webgl', 'webgpu', 'cpu', 'wasm']) {
    await page.locator(`#backend input[value=${name}]`).click();
    await eventually(() => page.locator('#backend input:enabled').count()).toBe(4);
    await goesOnBy(page, 0);
  }
  await button(page, 'Pause').click();
  await reaches(page, 'paused');
  const [run] = await storedRuns(page);
  expect(run!.swaps.map(({ from, to }) => `${from} ${to}`)).toEqual([
    ...['wasm webgl', 'webgl webgpu', 'webgpu cpu', 'cpu wasm'],
  ]);
  expect(await notices(page, 'alert')).toBe('');
  expect(faults).toEqual([]);
});

test('after a reload a run is there, paused, and goes on with the losses of one that was never interrupted', async () => {
  const { page } = await lab.open();
  const settings = { Seed: '5', 'Batch size': '16' };
  await start(page, { ...settings, Epochs: '900' });
  await goesOnBy(page, 0);
  await button(page, 'Pause').click();
  await reaches(page, 'paused');
  await page.reload();
  await ready(page);
  await reaches(page, 'paused');
  const stopped = await progress(page);
  expect(stopped).toBeGreaterThan(0);
  const epoch = Math.floor(stopped) + 1;
  await button(page, 'Resume').click();
  await eventually(() => progress(page)).toBeGreaterThan(epoch);
  await button(page, 'Stop').click();
  await reaches(page, 'stopped');
  // Last, because a slow page may have been paused in any epoch.
  await start(page, { ...settings, Epochs: String(epoch) });
  await reaches(page, 'finished');
  const [resumed, whole] = await storedRuns(page);
  const losses = (run: typeof whole) => run!.history.slice(0, epoch).map(({ trainLoss }) => trainLoss);
  expect(losses(whole)).toHaveLength(epoch);
  expect(losses(resumed)).toEqual(losses(whole));
  expect(resumed!.points.some(({ at }) => at < stopped)).toBe(true);
  expect(resumed!.points.some(({ at }) => at === epoch)).toBe(true);
});

test('batch norm and none are compared by one click, over each other, and stop ends a run for good', async () => {
  const { page } = await lab.open();
  await page.locator('#new-run').getByLabel('Epochs').fill('1');
  await button(page, 'Compare batch norm with none').click();
  await eventually(() => page.locator('#runs [data-status=finished]').count()).toBe(2);
  const [batch, none] = await storedRuns(page);
  expect(none!.history[0]!.trainLoss).toBeGreaterThan(2);
  expect(batch!.history[0]!.trainLoss).toBeLessThan(none!.history[0]!.trainLoss - 0.3);
  const label = await page.locator('#curves [role=img]').first().getAttribute('aria-label');
  expect(label).toContain('batch norm, rate 0.9');
  expect(label).toContain('no norm, rate 0.9');

  await start(page, { Epochs: '500' });
  await goesOnBy(page, 0);
  await button(page, 'Stop').click();
  await reaches(page, 'stopped');
  expect(await button(page, 'Resume').count()).toBe(0);
  expect(await status(page).count()).toBe(1);
});
