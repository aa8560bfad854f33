/**
 * npm test: installs what is missing, then builds, lints, type-checks and runs every test. Ends with how many tests passed
 * and failed, counted from the reports of those that ran; a step that failed without a test to show for it counts as
 * one failure. Exits with 1 where anything failed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findOrInstallChromium } from './browser.mjs';
import { install, root, turbo, workspaceFolders } from './setup.mjs';

const reportOf = (folder) => join(folder, 'reports/vitest.json');

function count(folder) {
  if (!existsSync(reportOf(folder))) return undefined;
  const report = JSON.parse(readFileSync(reportOf(folder), 'utf8'));
  // A test file that does not even load has no tests, and is one failure.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

install();
try {
  // Looked for once, not by every package. Where there is none, a test in each of them fails and says what to do.
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

let passed = 0;
let failed = 0;
let skipped = 0;
console.log('');
for (const folder of workspaceFolders()) {
  const counts = count(folder);
  if (!counts) continue;
  console.log(`${basename(folder).padEnd(12)} ${counts.passed} passed, ${counts.failed} failed`);
  passed += counts.passed;
  failed += counts.failed;
  skipped += counts.skipped;
}
if (!succeeded && failed === 0) failed = 1;
if (skipped > 0) console.log(`${skipped} skipped`);

const summary = `${passed} passed, ${failed} failed`;
mkdirSync(join(root, 'reports'), { recursive: true });
writeFileSync(join(root, 'reports/summary.txt'), `${summary}\n`);
console.log(summary);
process.exitCode = failed === 0 ? 0 : 1;
