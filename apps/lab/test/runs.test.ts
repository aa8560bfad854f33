/** What can be done with the runs in the list: remove one and bring it back, train one further, tell two apart. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import {
  button,
  chooseFiles,
  eventually,
  goesOnBy,
  notices,
  progress,
  reaches,
  ready,
  start,
  storedRuns,
  useLab,
} from './browser.js';
import { lenet } from './support.js';

const lab = useLab();

test('a run that is removed while it trains comes back by one click, and goes on', async () => {
  const { page, faults } = await lab.open();
  await start(page, { Epochs: '900' });
  await goesOnBy(page, 1);
  await page.getByRole('button', { name: 'Remove batch norm' }).click();
  await eventually(() => page.locator('#runs .run').count()).toBe(0);
  expect(await storedRuns(page)).toEqual([]);
  const undo = button(page, 'Undo');
  // By keyboard, too, the next key undoes it.
  await eventually(() => undo.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.locator('#runs .run [data-status=paused]').waitFor();
  expect(await undo.count()).toBe(0);
  const [stored] = await storedRuns(page);
  expect(stored!.at).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Resume batch norm' }).click();
  await reaches(page, 'training');
  await eventually(() => progress(page)).toBeGreaterThan(stored!.at);
  await button(page, 'Stop').click();
  expect(faults).toEqual([]);
});

test('runs come back in their places, the last removed first; what waited trains', async () => {
  const { page } = await lab.open();
  await page.locator('#new-run').getByLabel('Epochs').fill('900');
  await button(page, 'Compare batch norm with none').click();
  await reaches(page, 'training');
  await page.getByRole('button', { name: 'Remove no norm' }).click();
  await page.getByRole('button', { name: 'Remove batch norm' }).click();
  await eventually(() => page.locator('#runs .run').count()).toBe(0);
  await button(page, 'Undo').click();
  await page.locator('#runs .run', { hasText: 'batch norm' }).waitFor();
  await button(page, 'Undo').click();
  await eventually(() => page.locator('#runs .run-name').allInnerTexts()).toEqual([
    expect.stringContaining('batch norm'),
    expect.stringContaining('no norm'),
  ]);
  await page.locator('#runs .run', { hasText: 'no norm' }).locator('[data-status=training]').waitFor();
  await button(page, 'Stop').click();
});

test('two runs with equal settings have names of their own', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  const name = 'batch norm, rate 0.9, batch 256, seed 0';
  await eventually(() => page.locator('#runs .run-name').allInnerTexts()).toEqual([name, `${name} (2)`]);
  await page.getByRole('button', { name: `Remove ${name} (2)` }).waitFor();
});

test('a finished checkpoint is finished, and trains further as the command line does', async () => {
  const folder = await temporaryFolder();
  const options = ['--dataset', 'mini', '--out', folder, '--quiet'];
  await lenet('train', ...options, '--epochs', '1', '--run-name', 'one');
  await lenet('train', ...options, '--epochs', '3', '--run-name', 'three');
  const { page } = await lab.open();
  const buffer = await readFile(join(folder, 'one/checkpoint.safetensors'));
  await chooseFiles(page, 'Load a checkpoint', [{ name: 'one.safetensors', buffer }]);
  await reaches(page, 'finished');
  expect(await button(page, 'Resume').count()).toBe(0);
  await eventually(() => notices(page, 'status')).toContain(
    'Its training is finished; you can train it further.',
  );
  expect(await notices(page, 'status')).toMatch(/accuracy \d+\.\d% on/);
  await page.locator('#new-run').getByLabel('Epochs').fill('2');
  await page.locator('#status').getByRole('button', { name: 'Train 2 more epochs' }).click();
  await eventually(() => progress(page)).toBe(3);
  await reaches(page, 'finished');
  const lines = (await readFile(join(folder, 'three/metrics.jsonl'), 'utf8')).trim().split('\n');
  const losses = lines.map((line) => (JSON.parse(line) as { trainLoss: number }).trainLoss);
  const [run] = await storedRuns(page);
  // The same kernels, but for those that the browser's WebAssembly has and Node's has not.
  for (const [epoch, { trainLoss }] of run!.history.entries())
    expect(trainLoss).toBeCloseTo(losses[epoch]!, 2);
  await page.reload();
  await reaches(page, 'finished');
  expect(await progress(page)).toBe(3);
});

test('what the form of new runs says survives a reload, and what makes no sense in it does not', async () => {
  const { page } = await lab.open();
  const form = page.locator('#new-run');
  const values = async () => ({
    norm: await form.getByLabel('Normalization').inputValue(),
    placement: await form.getByLabel('Placement').inputValue(),
    epochs: await form.getByLabel('Epochs').inputValue(),
    seed: await form.getByLabel('Seed').inputValue(),
  });
  await form.getByLabel('Normalization').selectOption('group');
  await form.getByLabel('Placement').selectOption('after');
  await form.getByLabel('Epochs').fill('3');
  await form.getByLabel('Seed').fill('5');
  await eventually(() => page.url()).toContain('seed=5');
  await page.reload();
  await ready(page);
  expect(await values()).toEqual({ norm: 'group', placement: 'after', epochs: '3', seed: '5' });
  // A field that is being filled in has no number: the address keeps the last one.
  await form.getByLabel('Epochs').fill('');
  const address = new URL(page.url());
  address.searchParams.set('norm', 'none-of-these');
  await page.goto(address.href);
  await ready(page);
  expect(await values()).toEqual({ norm: 'batch', placement: 'after', epochs: '3', seed: '5' });
});
