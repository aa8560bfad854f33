/** Counts of tests, from vitest's JSON reports; `node tooling/counts.mjs` prints those of the last runs together. */
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What is run with `npm run <name>` and leaves its counts behind. */
const runs = ['test', 'test:attack', 'test:install'];
const fileOf = (run) => join(root, 'reports', `${run.replace(':', '-')}.json`);

/** The counts of one report, and what failed with the first line of why; undefined if there is no report. */
export function countsOf(reportFile) {
  if (!existsSync(reportFile)) return undefined;
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const isFailed = ({ status }) => status === 'failed';
  // A file that does not load, or whose hook fails, has no failed test. It is one failure.
  const broken = report.testResults.filter((file) => isFailed(file) && !file.assertionResults.some(isFailed));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(isFailed)
          .map((test) => failure(name, test.fullName, test.failureMessages[0])),
      ),
      ...broken.map(({ name, message }) => failure(name, 'the file or one of its hooks', message)),
    ],
  };
}

function failure(file, what, message = '') {
  const [why] = stripVTControlCharacters(message).split('\n');
  return `${relative(root, file)}: ${what}\n    ${why}`;
}

/** Prints a run's counts, keeps them, and sets the exit code. A run that failed without a failed test counts as one. */
export function finish(run, counts, succeeded) {
  const failed = counts.failed === 0 && !succeeded ? 1 : counts.failed;
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
  mkdirSync(dirname(fileOf(run)), { recursive: true });
  writeFileSync(fileOf(run), `${JSON.stringify({ passed: counts.passed, failed })}\n`);
  console.log(`${counts.passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Forgets a run's counts, so that those of an earlier run are never taken for them. */
export const forget = (run) => rmSync(fileOf(run), { force: true });

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const total = { passed: 0, failed: 0 };
  for (const run of runs) {
    // A run that left nothing behind has failed before it could count.
    const counts = existsSync(fileOf(run))
      ? JSON.parse(readFileSync(fileOf(run), 'utf8'))
      : { passed: 0, failed: 1 };
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
