/**
 * Puts a study into the documentation: its results, and plots drawn anew from its tables, into docs/why-it-works; and writes
 * docs/why-it-works.md from them.
 *
 *     node apps/study/scripts/writeDocs.mjs [the study's folder; left out, the page alone is written anew]
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { read } from 'vega';
import { experiments } from '../dist/experiments/index.js';
import { drawSvg } from '../dist/report/drawSvg.js';
import { pageMarkdown } from '../dist/report/markdown.js';
import { resultsSchema } from '../dist/results/entry.js';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const name = 'why-it-works';
const target = join(docs, name);
const source = process.argv[2];

await mkdir(target, { recursive: true });
if (source !== undefined) {
  await copyFile(join(source, 'results.json'), join(target, 'results.json'));
}
const results = resultsSchema.parse(JSON.parse(await readFile(join(target, 'results.json'), 'utf8')));
if (source !== undefined) {
  for (const { id, files } of results.experiments) {
    const { plot } = experiments.find((experiment) => experiment.id === id);
    await writeFile(join(target, `${id}.svg`), await drawSvg(plot(await tablesOf(files))));
  }
}
const speed = JSON.parse(await readFile(join(target, 'speed.json'), 'utf8'));
await writeFile(join(docs, `${name}.md`), pageMarkdown(results, speed, name));

/** The tables of an experiment, by their names. */
async function tablesOf(files) {
  const tables = {};
  for (const file of files.filter((name) => name.endsWith('.csv'))) {
    const text = await readFile(join(source, file), 'utf8');
    // Left to guess, vega takes 'batch 1' for a date.
    tables[basename(file, '.csv')] = read(text, { type: 'csv' }).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numberOr(value)])),
    );
  }
  return tables;
}

function numberOr(text) {
  return text === 'NaN' || !Number.isNaN(Number(text)) ? Number(text) : text;
}
