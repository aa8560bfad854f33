/** The command line: measures what docs/scale.md is made of, and writes the page. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeFileWhole } from '@bn/lenet/node';
import { Argument, Command } from 'commander';
import { measurements } from './measure/measurements.js';
import { page } from './page/page.js';
import type { Results } from './results.js';

const folder = fileURLToPath(new URL('../../../docs/scale', import.meta.url));
const names = Object.keys(measurements) as (keyof Results)[];
const fileOf = (name: string): string => `${folder}/${name}.json`;

// The hosts that are left are removed when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await new Command(process.env.BN_COMMAND ?? 'scale')
  .description(
    'Measures what more processes and machines are worth, and writes docs/scale.md. All measurements take five minutes; ' +
      'let nothing else run meanwhile. Several hosts are network namespaces, which need root and Linux.',
  )
  .addArgument(
    new Argument('[part]', 'one measurement, or the page from what was measured before').choices([
      ...names,
      'page',
    ]),
  )
  .action(async (part?: string) => {
    for (const name of names.filter((name) => part === undefined || part === name)) await measure(name);
    await writePage();
  })
  .parseAsync();

async function measure(name: keyof Results): Promise<void> {
  console.log(`measuring ${name} ...`);
  const result = await measurements[name]();
  await mkdir(folder, { recursive: true });
  await writeFileWhole(fileOf(name), `${JSON.stringify(result, undefined, 2)}\n`);
}

async function writePage(): Promise<void> {
  const missing = names.filter((name) => !existsSync(fileOf(name)));
  if (missing.length > 0) {
    console.log(`docs/scale.md also needs ${missing.join(' and ')}`);
    return;
  }
  const read = async (name: string) => [name, JSON.parse(await readFile(fileOf(name), 'utf8'))];
  const results = Object.fromEntries(await Promise.all(names.map(read))) as Results;
  await writeFileWhole(`${folder}.md`, page(results));
}
