/**
 * Writes docs/conformance.md from the matrices that the suite left in packages/<name>/reports/conformance-<label>.json.
 *
 *     npm run conformance:report
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function readMatrices() {
  const matrices = [];
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name, 'reports');
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).sort()) {
      if (/^conformance-.*\.json$/.test(file))
        matrices.push(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    }
  }
  return matrices;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const unique = (values) => [...new Set(values)];
/** A matrix whose error was no finite number was written as null. */
const scientific = (value) => (value === undefined ? 'not run' : (value ?? Number.NaN).toExponential(1));

/** Passed tests of each feature: `12`, or `11 of 12` if one failed or was not run. */
function featureTable(matrices) {
  const features = unique(matrices.flatMap(({ features }) => features.map(({ feature }) => feature)));
  const missed = ({ failed, notRun }) => failed + notRun;
  const show = (passed, others) => (others === 0 ? `${passed}` : `**${passed} of ${passed + others}**`);
  const count = (feature) => show(feature.passed, missed(feature));
  const sum = (features, of) => features.reduce((total, feature) => total + of(feature), 0);
  const total = ({ features }) =>
    show(
      sum(features, ({ passed }) => passed),
      sum(features, missed),
    );
  const rows = features.map((name) => [
    name,
    ...matrices.map(({ features }) => {
      const found = features.find(({ feature }) => feature === name);
      return found ? count(found) : 'not run';
    }),
  ]);
  return table(
    ['tests passed', ...matrices.map(({ label }) => label)],
    [...rows, ['all', ...matrices.map(total)]],
  );
}

function accuracyTable(matrices) {
  const all = matrices.flatMap(({ accuracy }) => accuracy);
  const keys = unique(all.map(({ operation, output }) => `${operation} ${output}`));
  const rows = keys.map((key) => {
    const found = matrices.map(({ accuracy }) =>
      accuracy.find(({ operation, output }) => `${operation} ${output}` === key),
    );
    const any = found.find((result) => result !== undefined);
    const bold = (result) => {
      const text = scientific(result?.error);
      return result && result.error > any.pytorch ? `**${text}**` : text;
    };
    return [any.operation, any.output, any.cases, ...found.map(bold), scientific(any.pytorch)];
  });
  return table(
    ['operation', 'output', 'cases', ...matrices.map(({ label }) => label), 'PyTorch float32'],
    rows,
  );
}

/** Largest error of each operation over its outputs. */
function operationTable(matrices) {
  const operations = unique(matrices.flatMap(({ accuracy }) => accuracy.map(({ operation }) => operation)));
  const worst = (matrix, operation, key) =>
    Math.max(
      ...matrix.accuracy.filter((result) => result.operation === operation).map((result) => result[key]),
    );
  return table(
    ['operation', ...matrices.map(({ label }) => label), 'PyTorch float32'],
    operations.map((operation) => [
      operation,
      ...matrices.map((matrix) => scientific(worst(matrix, operation, 'error'))),
      scientific(Math.max(...matrices.map((matrix) => worst(matrix, operation, 'pytorch') ?? 0))),
    ]),
  );
}

/** The labels of the page that is there, from the head of its first table. */
function labelsOf(page) {
  const [, head = ''] = /^\| tests passed \| (.*) \|$/m.exec(page) ?? [];
  return head === '' ? [] : head.split(' | ');
}

const target = join(root, 'docs', 'conformance.md');
const matrices = readMatrices();
if (matrices.length === 0) {
  console.error('No packages/*/reports/conformance-*.json: run the tests first');
  process.exit(1);
}
const labels = matrices.map(({ label }) => label);
const lost = labelsOf(existsSync(target) ? readFileSync(target, 'utf8') : '').filter(
  (label) => !labels.includes(label),
);
if (lost.length > 0) {
  console.error(
    `docs/conformance.md would lose ${lost.join('; ')}: run the tests of these first, or remove the page if they are to go`,
  );
  process.exit(1);
}
const [{ tfjs, pytorch }] = matrices;
const tolerances = matrices.filter(({ tolerance }) => tolerance !== 1);
const text = `# Conformance

Made by \`npm run conformance:report\` from the last test run of each backend; do not edit. TensorFlow.js ${tfjs}, golden data
from PyTorch ${pytorch}. What the suite checks, and how a backend is added to it: packages/conformance/README.md.

${
  tolerances.length === 0
    ? 'Every backend is held to the same errors: none declares a tolerance.'
    : `Declared tolerances: ${tolerances.map(({ label, tolerance }) => `${label} ${tolerance}`).join(', ')}.`
}
The made-up device has no kernels of its own: @bn/core composes them of tfjs's operations.

## Backend by feature

${featureTable(matrices)}

## Worst error against float64, by operation

Over all golden cases and outputs: max |result - truth| / scale, where the scale is the largest magnitude among the
output and the terms whose sum it is. The cases with offsets of 10,000 decide it: there, rounding the mean to float32
alone costs about 5e-4.

${operationTable(matrices)}

## Worst error against float64, by output

Bold if a result is farther from float64 than PyTorch's float32 kernel. That may happen by up to 2^-22 = 2.4e-7, four
roundings to float32.

${accuracyTable(matrices)}
`;
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(target, text);
console.log(`${target.slice(dirname(dirname(target)).length + 1)}: ${labels.join(', ')}`);
