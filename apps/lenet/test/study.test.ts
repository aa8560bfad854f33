/** docs/normalization-study.md says what the comparisons beside it say. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.js';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const study = () => readFile(`${docs}/normalization-study.md`, 'utf8');

test("the study's tables are those of its comparisons", async () => {
  const text = await study();
  const names = await readdir(`${docs}/normalization-study`);
  expect(names.sort()).toEqual(['batch-sizes', 'learning-rates', 'placements']);
  for (const name of names) {
    const summary = await readFile(`${docs}/normalization-study/${name}/summary.md`, 'utf8');
    expect(text).toContain(summary.trim());
    expect(text).toContain(`](normalization-study/${name}/comparison.svg)`);
    expect(text).toContain(`--run-name ${name} `);
  }
});

test("the study's commands are ones that compare takes", async () => {
  const commands = (await study()).match(/^ {4}npm run train -- compare (?:.*\\\n)*.*$/gm)!;
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    const program = createProgram(new AbortController().signal);
    const compare = program.commands.find((candidate) => candidate.name() === 'compare')!;
    const words = command.replaceAll('\\\n', ' ').trim().split(/\s+/).slice(5);
    expect(compare.parseOptions(words)).toEqual({ operands: [], unknown: [] });
  }
});
