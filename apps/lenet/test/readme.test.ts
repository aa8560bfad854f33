/** The commands of the README, run as they stand there. */
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { lenet } from './support.js';

const typed = 'npm run train -- ';
const app = fileURLToPath(new URL('..', import.meta.url));

/** What a shell makes of a command's words: the only pattern there is that of the pictures. */
async function expand(word: string): Promise<string[]> {
  if (!word.endsWith('/*.png')) return [word];
  const pictures = await readdir(join(app, 'data/pictures'));
  return pictures.map((name) => word.replace('*.png', name));
}

test('every command of the README does what it says', { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder();
  await symlink(join(app, '..'), join(folder, 'apps'));
  const block = /```sh\n([\s\S]*?)```/.exec(await readFile(join(app, 'README.md'), 'utf8'))![1]!;
  const commands = block.split('\n').filter((line) => line.startsWith(typed));
  expect(commands).toHaveLength(6);
  for (const command of commands) {
    const words = await Promise.all(command.slice(typed.length).split(' ').map(expand));
    const { code, stderr } = await lenet(words.flat(), { cwd: folder });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
  }
  expect((await readdir(folder)).sort()).toEqual(['apps', 'lenet.onnx', 'runs']);
  expect((await readdir(join(folder, 'runs'))).sort()).toEqual(['comparison', 'first']);
});
