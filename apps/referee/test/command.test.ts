import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it.each([
  [['everything'], /'everything' is invalid for argument 'ways'. Allowed choices are composed, /],
  [['--quick'], /unknown option '--quick'/],
])('the command refuses %j before it asks anyone, as the other commands do', (parameters, message) => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [main, ...parameters], { encoding: 'utf8' });
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
