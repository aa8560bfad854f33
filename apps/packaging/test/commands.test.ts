/** Commands of the root that read their parameters before they install and build. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const here = fileURLToPath(import.meta.url);

test.each([
  ['docs', ['--prot', '4000'], /^error: Unknown option '--prot'/],
  ['docs', ['--serve', '--port', '-1'], /^error: .*'--port/],
  ['docs', ['--serve', '--port', 'NaN'], /^error: --port: expected a number from 0 to 65535, got 'NaN'\n$/],
  ['docs', ['--serve', '--port'], /^error: .*'--port/],
  ['pack', [`${here}/folder`], /^error: cannot make the folder .*: ENOTDIR.*\n$/],
])('npm run %s refuses %j in a word, with exit code 2', (command, parameters, message) => {
  const program = fileURLToPath(new URL(`../../../tooling/${command}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...parameters], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
