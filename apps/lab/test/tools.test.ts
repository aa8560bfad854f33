/** What `npm run lab` calls. */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { writeDataset } from './support.js';

const main = fileURLToPath(new URL('../tools/main.mjs', import.meta.url));
const lab = (...parameters: string[]) => promisify(execFile)(process.execPath, [main, ...parameters]);

test('a static build loads from relative addresses only, and has the images that it was given beside the committed ones', async () => {
  const folder = await temporaryFolder();
  await writeDataset(folder);
  const site = join(folder, 'site');
  const { stdout } = await lab('--build', site, '--dataset', folder);
  expect(stdout).toContain(`wrote ${site}`);
  const page = (await readFile(join(site, 'index.html'), 'utf8')).replace(/<link rel="help"[^>]*>/, '');
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
  expect(addresses.length).toBeGreaterThan(2);
  expect(addresses.every((address) => address.startsWith('./'))).toBe(true);
  const images = (await readdir(join(site, 'assets'))).filter((name) => name.startsWith('train-images'));
  expect(images).toHaveLength(2);
  await lab('--build', site);
  expect((await readdir(site)).sort()).toEqual(['assets', 'index.html']);
});

test('a build takes the place of no files of others', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'index.html'), 'mine');
  await writeFile(join(folder, 'thesis.md'), 'mine too');
  await expect(lab('--build', folder)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --build replaces the folder as a whole: .*'thesis\.md'\n$/),
  });
  expect((await readdir(folder)).sort()).toEqual(['index.html', 'thesis.md']);
});

test('a folder that cannot be made is named, without a stack', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(lab('--build', join(folder, 'file/site'))).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --build: cannot write to .*: ENOTDIR.*; choose another folder\n$/),
  });
});

test.each([
  [['--port', '0'], /Expected a whole number from 1 to 65535/],
  [['--prot', '1'], /unknown option '--prot'/],
  [['somewhere'], /too many arguments/],
])('refuses %j with exit code 2', async (parameters, message) => {
  await expect(lab(...parameters)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('a data set that is none is refused with what to do', async () => {
  await expect(lab('--dataset', 'nowhere')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("expected auto, full, mini or a folder, got 'nowhere'"),
  });
});
