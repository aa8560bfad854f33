/**
 * npm test: installs what is missing, then builds, lints, type-checks and runs every test. Ends with how many tests passed
 * and failed, counted from the reports of those that ran; a step that failed without a test to show for it counts as
 * one failure. Exits with 1 if anything failed.
 */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findOrInstallChromium } from './browser.mjs';
import { countsOf, finish, forget } from './counts.mjs';
import { install, turbo } from './setup.mjs';
import { workspaceFolders } from './workspace.mjs';

const reportOf = (folder) => join(folder, 'reports/vitest.json');

forget('test');
install();
try {
  // Looked for once, not by every package. If there is none, a test in each of them fails and says what to do.
  const chromium = await findOrInstallChromium();
  if (chromium) process.env.BN_CHROMIUM = chromium;
} catch (error) {
  console.error(error.message);
}
// Last time's figures must not be counted; turbo restores those of the packages that have not changed since.
for (const folder of workspaceFolders()) rmSync(reportOf(folder), { force: true });
const succeeded = turbo([
  'build',
  'lint',
  'typecheck',
  'test',
  '--continue',
  '--concurrency=2',
  '--log-order=grouped',
]);

const total = { passed: 0, failed: 0, skipped: 0 };
console.log('');
for (const folder of workspaceFolders()) {
  const counts = countsOf(reportOf(folder));
  if (!counts) continue;
  console.log(`${basename(folder).padEnd(12)} ${counts.passed} passed, ${counts.failed} failed`);
  for (const failure of counts.failures) console.log(`  FAILED ${failure}`);
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
}
finish('test', total, succeeded);
