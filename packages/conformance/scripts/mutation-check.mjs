/**
 * Shows that the suite catches broken kernels: applies each mutant of mutants.mjs to a copy of its package, runs that
 * package's conformance test on the copy, and prints which mutants were caught. Exits with 1 if one survives.
 *
 *     pnpm --filter @bn/conformance mutation [part of a name or package ...]
 *
 * The packages must have been built. A mutant of core runs under the suite of another package (`suite`).
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from './mutants.mjs';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const left = new Set(['node_modules', 'dist', 'reports']);
/** Packages whose tests need more than their TypeScript sources. */
const builds = new Set(['wasm']);

function copyPackage(name, folder) {
  const source = join(packages, name);
  const target = join(folder, name);
  cpSync(source, target, { recursive: true, filter: (path) => !left.has(path.slice(source.length + 1)) });
  symlinkSync(join(source, 'node_modules'), join(target, 'node_modules'));
  return target;
}

function mutate(file, find, replace) {
  const text = readFileSync(file, 'utf8');
  if (text.split(find).length !== 2)
    throw new Error(`${file}: '${find}' must occur once; update scripts/mutants.mjs`);
  writeFileSync(
    file,
    text.replace(find, () => replace),
  );
}

/** The package's vitest config, with @bn/core taken from the copy's sources. */
const config = (core) => `
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';
const alias = [{ find: /^@bn\\/core$/, replacement: ${JSON.stringify(join(core, 'src/index.ts'))} }];
export default mergeConfig(base, { resolve: { alias } });
`;

/** Runs a suite with a mutant, or with none; gives vitest's report. */
function runSuite(suite, mutant) {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    const copies = { core: copyPackage('core', folder), [suite]: copyPackage(suite, folder) };
    if (mutant) mutate(join(copies[mutant.package], mutant.file), mutant.find, mutant.replace);
    const cwd = copies[suite];
    writeFileSync(join(cwd, 'vitest.mutant.config.ts'), config(copies.core));
    const run = (...command) => spawnSync(process.execPath, command, { cwd, encoding: 'utf8' });
    if (builds.has(suite)) {
      const build = run('scripts/build-kernels.mjs');
      if (build.status !== 0) throw new Error(`${mutant?.name ?? suite} does not compile:\n${build.stderr}`);
    }
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const options = ['--project', 'node', '--config', 'vitest.mutant.config.ts'];
    const result = run(vitest, 'run', 'test/conformance.test.ts', ...options);
    try {
      return JSON.parse(readFileSync(join(cwd, 'reports', 'vitest.json'), 'utf8'));
    } catch (cause) {
      throw new Error(`vitest wrote no report:\n${result.stdout}\n${result.stderr}`, { cause });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const chosen = mutants.filter(
  (mutant) => wanted.length === 0 || wanted.some((part) => `${mutant.package} ${mutant.name}`.includes(part)),
);
if (chosen.length === 0) throw new Error(`no mutant matches ${wanted.join(', ')}`);

const totals = new Map();
for (const suite of new Set(chosen.map((mutant) => mutant.suite ?? mutant.package))) {
  const { numTotalTests, numFailedTests } = runSuite(suite);
  if (numTotalTests === 0 || numFailedTests > 0) {
    throw new Error(`${suite}: ${numFailedTests} of ${numTotalTests} tests fail without a mutant`);
  }
  totals.set(suite, numTotalTests);
}

let survivors = 0;
console.log('| mutant | package | failing tests | first of them |\n| --- | --- | --- | --- |');
for (const mutant of chosen) {
  const suite = mutant.suite ?? mutant.package;
  const report = runSuite(suite, mutant);
  // A copy that does not load has no tests: that shows nothing about the suite.
  if (report.numTotalTests !== totals.get(suite)) throw new Error(`'${mutant.name}' does not run`);
  if (report.numFailedTests === 0) survivors++;
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const first = failed ? [...failed.ancestorTitles.slice(1), failed.title].join(' > ') : '**SURVIVED**';
  console.log(`| ${mutant.name} | ${mutant.package} | ${report.numFailedTests} | ${first} |`);
}
console.log(`\n${chosen.length - survivors} of ${chosen.length} mutants caught`);
process.exitCode = survivors === 0 ? 0 : 1;
