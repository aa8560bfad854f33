/** Writes docs/install-matrix.md from the last `npm run test:install` and the sizes that the last `npm test` measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

const reports = {
  'apps/packaging/install/reports/vitest.json': 'npm run test:install',
  'apps/packaging/reports/sizes.md': 'npm test',
};
const missing = Object.keys(reports).filter((path) => !existsSync(new URL(path, root)));
if (missing.length > 0) {
  console.error(`Missing: ${missing.map((path) => `${path} (run ${reports[path]} first)`).join(', ')}`);
  process.exit(1);
}

const cells = JSON.parse(read('apps/packaging/install/reports/vitest.json')).testResults.flatMap(
  ({ assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      name: ancestorTitles.at(-1),
      way: title.replace('works in ', '').replace('brings one copy of tfjs-core', 'one tfjs-core'),
      status,
    })),
);
const names = [...new Set(cells.map(({ name }) => name))];
const ways = [...new Set(cells.map(({ way }) => way))];

const marks = { passed: 'yes', failed: '**no**' };
const mark = (name, way) => {
  const cell = cells.find((candidate) => candidate.name === name && candidate.way === way);
  return cell ? (marks[cell.status] ?? '**not run**') : 'n/a';
};
const row = (entries) => `| ${entries.join(' | ')} |`;
const table = [
  row(['package', ...ways]),
  row(['---', ...ways.map(() => '---')]),
  ...names.map((name) => row([name, ...ways.map((way) => mark(name, way))])),
].join('\n');

const text = `# Installs and sizes

Made by \`npm run install:report\` from the last \`npm run test:install\` and \`npm test\`; do not edit.

## Install matrix

Each package is packed, and installed alone from its tarball into an empty project by the \`npm install\` line of its README. There
a small program uses it and prints numbers that are checked: in Node ${process.versions.node}, and bundled, or straight from
\`node_modules\` by an import map, in headless Chromium. TypeScript checks it and our declarations with \`strict\`,
\`exactOptionalPropertyTypes\`, \`noUncheckedIndexedAccess\` and \`skipLibCheck: false\`. A bundler must not warn of anything
in our packages. @bn/conformance is a test suite: vitest runs it, nothing bundles it.

${table}

The programs: test/packaging/program.ts in the folder of each package.

## Sizes

Bundled and minified by esbuild, compressed by gzip -9, without TensorFlow.js and without the other @bn packages that a package
imports. KB are 1000 bytes. A test fails if one exceeds its budget.

${read('apps/packaging/reports/sizes.md')}`;
writeFileSync(new URL('docs/install-matrix.md', root), text);
