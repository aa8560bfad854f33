/** The README's example runs, and its tables have what there is. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, it } from 'vitest';
import { peerNames } from '../src/grid/contenders.js';
import { createProgram } from '../src/node/program.js';
import { writeResult } from '../src/node/resultFile.js';
import { resultFormat } from '../src/results/result.js';
import { resultOf } from './support.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

it('prints the medians of a result', async () => {
  const folder = await temporaryFolder();
  await writeResult(join(folder, 'runs/bench.json'), resultOf([1, 3, 2], [10, 20, 30]));
  const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', example], {
    cwd: folder,
  });
  expect(stdout).toBe('batchNorm forwardBackward 256x6x24x24 2\n');
});

it('explains every option and every peer', () => {
  const commands = createProgram(new AbortController().signal).commands;
  const flags = commands.flatMap(({ options }) => options.map(({ long }) => long!));
  for (const flag of flags) expect(readme).toContain(flag);
  for (const peer of peerNames) expect(readme).toContain(peer === 'torch' ? '`--torch`' : `\`${peer}\``);
  expect(readme).toContain(resultFormat);
});
