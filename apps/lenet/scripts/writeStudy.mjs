/**
 * Puts comparisons into docs/normalization-study: their CSV files and plots, and their tables into the document, where it has
 * `<!-- name -->` and `<!-- /name -->`.
 *
 *     node apps/lenet/scripts/writeStudy.mjs <folder of comparisons, such as runs>
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const document = join(docs, 'normalization-study.md');
const source = process.argv[2];
if (source === undefined) throw new Error('expected the folder of the comparisons');

let text = await readFile(document, 'utf8');
for (const [, name] of text.matchAll(/<!-- ([\w-]+) -->/g)) {
  const target = join(docs, 'normalization-study', name);
  await mkdir(target, { recursive: true });
  for (const file of ['results.csv', 'epochs.csv', 'summary.md', 'comparison.svg']) {
    await copyFile(join(source, name, file), join(target, file));
  }
  const summary = await readFile(join(target, 'summary.md'), 'utf8');
  const begin = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  text = `${text.slice(0, text.indexOf(begin))}${begin}\n\n${summary.trim()}\n\n${text.slice(text.indexOf(end))}`;
}
await writeFile(document, text);
