/** Checkpoints between the page and the command line, drawings and pictures. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCheckpoint, LeNet } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { percent } from '../src/messages/numbers.js';
import { button, chooseFiles, eventually, goesOnBy, notices, reaches, start, useLab } from './browser.js';
import { foreignCheckpoint, lenet } from './support.js';

const lab = useLab();

const load = 'Load a checkpoint';

test('a checkpoint of the command line has the same test accuracy on the page', async () => {
  const folder = await temporaryFolder();
  const options = ['--dataset', 'mini', '--epochs', '1', '--out', folder, '--run-name', 'run', '--quiet'];
  await lenet('train', ...options);
  const metrics = JSON.parse((await readFile(join(folder, 'run/metrics.jsonl'), 'utf8')).trim());
  const { page } = await lab.open();
  const path = join(folder, 'run/checkpoint.safetensors');
  await chooseFiles(page, load, [{ name: 'checkpoint.safetensors', buffer: await readFile(path) }]);
  await eventually(() => notices(page, 'status')).toContain(
    `accuracy ${percent(metrics.testAccuracy)} on 1,000 test images`,
  );
});

test('a checkpoint of the page is evaluated by the command line, and goes on in another browser', async () => {
  const { page } = await lab.open();
  // More epochs than any machine is through with before it is paused.
  await start(page, { Epochs: '900', Normalization: 'group' });
  await goesOnBy(page, 1);
  await button(page, 'Pause').click();
  await reaches(page, 'paused');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a checkpoint of' }).click();
  const folder = await temporaryFolder();
  const path = join(folder, 'saved.safetensors');
  await (await downloading).saveAs(path);
  const evaluated = await lenet('eval', '--checkpoint', path, '--dataset', 'mini');
  const accuracy = /acc(?:uracy)? ([\d.]+)/.exec(evaluated)![1]!;

  const other = await lab.open();
  await chooseFiles(other.page, load, [{ name: 'saved.safetensors', buffer: await readFile(path) }]);
  await eventually(() => notices(other.page, 'status')).toContain('can be resumed');
  const text = await notices(other.page, 'status');
  expect(/accuracy ([\d.]+%)/.exec(text!)![1]).toBe(percent(Number(accuracy)));
  await button(other.page, 'Resume').click();
  await goesOnBy(other.page, 1);
  await button(other.page, 'Pause').click();
  await reaches(other.page, 'paused');
});

test('weights alone are looked at and trained on from', async () => {
  await startBackend('cpu');
  const model = new LeNet({ norm: 'layer' });
  const { page } = await lab.open();
  const file = { name: 'weights.safetensors', buffer: Buffer.from(await encodeCheckpoint(model)) };
  await chooseFiles(page, load, [file]);
  await eventually(() => notices(page, 'status')).toContain('It has only weights');
  await page.locator('#new-run').getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Train further from the weights' }).click();
  await reaches(page, 'finished');
});

test('a file that is no checkpoint of LeNet is refused, and training goes on', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '500' });
  await goesOnBy(page, 0);
  await chooseFiles(page, load, [{ name: 'notes.safetensors', buffer: Buffer.from('hello world') }]);
  await eventually(() => notices(page, 'alert')).toContain('notes.safetensors was not loaded');
  await chooseFiles(page, load, [{ name: 'other.safetensors', buffer: foreignCheckpoint() }]);
  await eventually(() => notices(page, 'alert')).toContain('w: not expected, got F32 [1]');
  await goesOnBy(page, 0);
  await button(page, 'Stop').click();
});
