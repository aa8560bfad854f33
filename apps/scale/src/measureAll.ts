/** Measures and keeps what the page is made of, and writes the page. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeFileWhole } from '@bn/lenet/node';
import { MeasurementError } from './errors.js';
import { measurements } from './measure/measurements.js';
import { page } from './page/page.js';
import type { Results } from './results.js';

type Name = keyof Results;

const folder = fileURLToPath(new URL('../../../docs/scale', import.meta.url));
const fileOf = (name: Name): string => `${folder}/${name}.json`;

export const names = Object.keys(measurements) as Name[];

/** @throws MeasurementError if some could not be made twice; the others are kept, and the page has earlier figures for those. */
export async function measureAll(chosen: readonly Name[]): Promise<void> {
  const failures: string[] = [];
  for (const name of chosen) {
    const failure = (await failureOf(name)) && (await failureOf(name));
    if (failure !== undefined) failures.push(`${name} could not be measured: ${failure}`);
  }
  if (failures.length === 0 || failures.length < chosen.length) await writePage();
  if (failures.length > 0) throw new MeasurementError(failures.join('\n'));
}

/** Makes a measurement and keeps it; returns why it could not be made. */
async function failureOf(name: Name): Promise<string | undefined> {
  console.log(`measuring ${name} ...`);
  const begun = performance.now();
  try {
    const result = await measurements[name]();
    await mkdir(folder, { recursive: true });
    await writeFileWhole(fileOf(name), `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(`took ${Math.round((performance.now() - begun) / 1000)} s`);
    return undefined;
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error;
    console.log(`failed: ${error.message}`);
    return error.message;
  }
}

async function writePage(): Promise<void> {
  const missing = names.filter((name) => !existsSync(fileOf(name)));
  if (missing.length > 0) {
    console.log(`docs/scale.md also needs ${missing.join(' and ')}`);
    return;
  }
  const read = async (name: Name) => [name, JSON.parse(await readFile(fileOf(name), 'utf8'))];
  const results = Object.fromEntries(await Promise.all(names.map(read))) as Results;
  await writeFileWhole(`${folder}.md`, page(results));
}
