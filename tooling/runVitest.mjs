/** Runs a test file as its author would, in a vitest of its own, for tests that are about tests. */
import { execFile } from 'node:child_process';

/**
 * @param {string} vitest The installed package's folder.
 * @param {string} root Where the file and its settings, if any, are.
 * @param {string} file
 * @returns {Promise<number>} How many tests have passed.
 * @throws Error if one has failed; the message names it.
 */
export function runVitest(vitest, root, file) {
  const args = [`${vitest}/vitest.mjs`, 'run', '--reporter=json', '--root', root, file];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const start = stdout.indexOf('{"numTotal');
      const report = start < 0 ? undefined : JSON.parse(stdout.slice(start));
      if (!error && report) resolve(report.numPassedTests);
      else reject(new Error(`vitest run ${file}: ${report ? failuresOf(report) : stdout + stderr}`));
    });
  });
}

const failuresOf = ({ testResults }) =>
  testResults
    .flatMap(({ message, assertionResults }) => [
      message,
      ...assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
    ])
    .join('\n');
