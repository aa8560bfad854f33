/** docs/why-it-works.md says what the study's results beside it say. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { experimentIds, experiments } from '../src/experiments/index.js';
import { pageMarkdown } from '../src/report/markdown.js';
import { resultsSchema } from '../src/results/entry.js';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const read = async (name: string) => JSON.parse(await readFile(`${docs}/why-it-works/${name}.json`, 'utf8'));
const study = async () => resultsSchema.parse(await read('results'));

test('the page is made from its results', async () => {
  const page = await readFile(`${docs}/why-it-works.md`, 'utf8');
  expect(page).toBe(pageMarkdown(await study(), await read('speed'), 'why-it-works'));
});

test('the results are of all experiments, in full, with three seeds, and each has its plot', async () => {
  const { experiments: entries, settings } = await study();
  expect(entries.map(({ id }) => id)).toEqual(experimentIds);
  expect(settings).toMatchObject({ quick: false, seeds: 3 });
  const plots = (await readdir(`${docs}/why-it-works`)).filter((name) => name.endsWith('.svg'));
  expect(plots.sort()).toEqual(experimentIds.map((id) => `${id}.svg`).sort());
});

test('each verdict follows from the numbers by the rule in the code', async () => {
  for (const { id, verdict, numbers, claim } of (await study()).experiments) {
    const experiment = experiments.find((candidate) => candidate.id === id)!;
    const ofSeed = (seed: number) =>
      Object.fromEntries(
        Object.entries(numbers).map(([name, { values }]) => [name, values[seed] ?? Number.NaN]),
      );
    const seeds = [0, 1, 2].map(ofSeed);
    const wanted = seeds.every(experiment.holds)
      ? 'supported'
      : seeds.every(experiment.fails)
        ? 'not supported'
        : 'unclear';
    expect([id, verdict]).toEqual([id, wanted]);
    expect(claim).toBe(experiment.claim);
  }
});
