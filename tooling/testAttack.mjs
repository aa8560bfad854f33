/**
 * npm run test:attack: what is too long for `npm test`: fuzzing of every parser in a child with limits, guard bytes around every block
 * of the wasm heap, faults, races and a soak. Seeded, so that a failure comes again. Ends with the count of what was attacked.
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { findOrInstallChromium } from './browser.mjs';
import { countsOf, finish, forget } from './counts.mjs';
import { buildBefore, install, turbo } from './setup.mjs';
import { root, workspaceFolders } from './workspace.mjs';

forget('test:attack');
install();
const chromium = await findOrInstallChromium();
if (chromium) process.env.BN_CHROMIUM = chromium;

const attacked = workspaceFolders().filter(
  (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts?.['test:attack'],
);
const reportOf = (folder) => join(folder, 'reports/attack.json');
for (const folder of attacked) rmSync(reportOf(folder), { force: true });
const filters = attacked.map((folder) => `--filter=./${relative(root, folder).replaceAll('\\', '/')}`);
const built = buildBefore(filters);
const succeeded =
  built && turbo(['test:attack', '--only', '--continue', '--concurrency=2', '--log-order=grouped']);

const total = { passed: 0, failed: 0, skipped: 0 };
console.log('');
for (const folder of attacked) {
  const counts = countsOf(reportOf(folder)) ?? { passed: 0, failed: 1, skipped: 0 };
  console.log(`${basename(folder).padEnd(12)} ${counts.passed} passed, ${counts.failed} failed`);
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
}
finish('test:attack', total, succeeded);
