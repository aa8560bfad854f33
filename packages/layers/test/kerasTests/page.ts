/** docs/keras-tests.md from the table. */
import type { KerasFile, KerasTest, Outcome } from './kerasTest.js';

const outcomes: Readonly<Record<Outcome, string>> = {
  agrees: 'the layers here do what the test wants',
  'in another form': 'they agree in substance: the same is reached in another way',
  differs: 'they do something else',
  'cannot be': 'the test is about something that TensorFlow.js does not have',
};

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const checksOf = (tests: readonly KerasTest[], outcome?: Outcome): number =>
  tests
    .filter((test) => outcome === undefined || test.outcome === outcome)
    .reduce((sum, { cases }) => sum + Object.keys(cases).length, 0);

const kinds = Object.keys(outcomes) as Outcome[];

function summary(files: readonly KerasFile[]): string {
  const all = files.flatMap(({ tests }) => tests);
  const line = (title: string, tests: readonly KerasTest[]) => [
    title,
    ...kinds.map((kind) => checksOf(tests, kind)),
    checksOf(tests),
  ];
  return table(
    ['checks', ...kinds, 'all'],
    [...files.map(({ title, tests }) => line(title, tests)), line('all', all)],
  );
}

const section = ({ title, path, tests }: KerasFile): string => `## ${title}

\`${path}\`

${table(
  ['test', 'it checks', 'checks', 'here'],
  tests.map(({ test, checks, cases, outcome, here }) => [
    `\`${test}\``,
    checks,
    Object.keys(cases).length,
    here === undefined ? outcome : `${outcome}: ${here}`,
  ]),
)}
`;

/** How many tests of Keras there are; one may have several rows. */
const namesIn = (files: readonly KerasFile[]): number =>
  files.reduce((sum, { tests }) => sum + new Set(tests.map(({ test }) => test)).size, 0);

export function page(files: readonly KerasFile[]): string {
  const all = files.flatMap(({ tests }) => tests);
  const inAnotherForm = checksOf(all, 'in another form');
  return `# Keras' tests

Made by \`npm run keras:report\`; do not edit. The tests that Keras has for its normalization layers, one by one, and how it is in
@bn/layers. Each was expressed anew for this project, from the tests of Keras 3.16.0 (commit 3422977 of August 2026) and of branches
of that time, and from those of tf.keras 2.15 for what Keras 3 does not test. No line of them is copied, and no Keras runs here.
Expected numbers are computed in float64 from the formulas.

A check is one combination of options, one kind of data or one refusal in a test of Keras. There are ${checksOf(all)} in ${namesIn(files)} tests;
${checksOf(all, 'agrees') + inAnotherForm} agree, ${inAnotherForm} of them in another form. Each runs as a test of this package, on the cpu and the wasm backend, in
\`packages/layers/test/kerasTests\`. For what differs or cannot be, the test pins what happens instead.

${kinds.map((kind) => `- ${kind}: ${outcomes[kind]}`).join('\n')}

${summary(files)}

The layer test, which Keras runs on every layer, checks the config there and back, whether the layer supports masks, the numbers of weights,
the shapes of a symbolic and of a real call, the number of losses, and a step of training. Its part about mixed precision is counted
once for each layer, under the first heading. The texts of errors are not Keras'; they name the layer, the option, what was got and
what to do. Of \`ops/nn_test.py\` the table has what layers compute, not the shapes and dtypes of operations. It leaves out what is about
distribution strategies and DTensor alone.

${files.map(section).join('\n')}`;
}
