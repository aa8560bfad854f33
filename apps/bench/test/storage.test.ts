/** Results and reports on a disk that is full, or that only reads: a clear error, and what was there before is whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { almostFull, type Launcher, mountDisk, readOnly } from '@bn/tooling/disks';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { docsCommand } from '../src/node/fileCommands.js';
import { writeResult, writeText } from '../src/node/resultFile.js';
import { resultOf } from './support.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function bench(launcher: Launcher, ...parameters: string[]) {
  const [command, ...rest] = [...launcher.command, process.execPath, program, ...parameters];
  const { uid } = launcher;
  const child = spawn(command!, rest, { cwd: '/', ...(uid && { uid }) });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** A result, and a disk with the report and the page of an earlier one. */
async function disk() {
  const place = await temporaryFolder();
  await chmod(place, 0o755);
  const folder = join(place, 'disk');
  await mkdir(folder);
  const isDisk = mountDisk(folder);
  const result = join(place, 'result.json');
  await writeResult(result, resultOf([1, 2, 3], [2, 3, 4]));
  await writeText(join(folder, 'report.html'), 'the old report');
  await docsCommand(result, { out: folder, name: 'page' });
  return { folder, isDisk, result, before: await contentsOf(folder) };
}

/** All files of a folder, but for what fills it. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'filler');
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

const faults = [
  ['full', (folder: string, isDisk: boolean) => almostFull(folder, isDisk, 4), /ENOSPC|EFBIG/],
  ['read-only', readOnly, /EROFS|EACCES/],
] as const;
const commands = [
  ['report', (folder: string) => ['--out', join(folder, 'report.html')]],
  ['docs', (folder: string) => ['--out', folder, '--name', 'page']],
] as const;

for (const [fault, bring, reason] of faults) {
  test.each(commands)(`on a ${fault} disk %s says so, and what was there is whole`, async (command, more) => {
    const { folder, isDisk, result, before } = await disk();
    const launcher = await bring(folder, isDisk);
    const { code, stderr } = await bench(launcher, command, result, ...more(folder));
    expect(stderr).toMatch(
      /^error: cannot (write|replace) '.*Make room there, or name another place \(--out\)$/m,
    );
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
    expect(await contentsOf(folder)).toEqual(before);
  });
}
