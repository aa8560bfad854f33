/** The example in the README, run as it stands there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

it('prints what the README says', async () => {
  const readme = await readFile(`${packageFolder}/README.md`, 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
  const promised = /prints `(.*?)`/.exec(readme)![1]!;
  // Run in this folder, the package's own name means the package itself.
  const options = { cwd: packageFolder };
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', example], options);
  expect(stdout).toContain(`${promised}\n`);
});
