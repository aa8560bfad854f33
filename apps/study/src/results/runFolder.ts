/** The folder of a study: settings, one folder for each experiment, results.json, report.html. Each file is whole or not there. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StorageError } from '@bn/lenet';
import { readText, writeFileWhole } from '@bn/lenet/node';
import { stringify } from 'csv-stringify/sync';
import { StudyOptionError } from '../errors.js';
import type { Measurement, Row } from '../experiments/experiment.js';
import { type Entry, entrySchema, type Results } from './entry.js';

/** What a study was asked for; a resumed one must be asked for the same. */
export interface Settings {
  readonly quick: boolean;
  readonly dataset: string;
  readonly backend: string;
  readonly seeds: number;
}

const settingsFile = 'settings.json';
const entryFile = 'result.json';
const longestJson = 2 ** 24;

const read = (path: string): Promise<string | undefined> =>
  readText(path, longestJson).catch(() => undefined);
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/**
 * Makes the folder, or checks that it holds a study of the same settings.
 *
 * @throws StudyOptionError if it holds a study and `resume` was not asked for, or one of other settings; StorageError.
 */
export async function openRunFolder(path: string, settings: Settings, resume: boolean): Promise<void> {
  const earlier = await read(join(path, settingsFile));
  if (earlier === undefined) {
    if (resume) {
      throw new StudyOptionError(
        `--resume: ${path} holds no study: omit --resume, or name its folder with --out`,
      );
    }
    if (await hasEntries(path)) {
      throw new StudyOptionError(`--out: ${path} exists and holds other files; name a new folder`);
    }
    await make(path);
    await writeFileWhole(join(path, settingsFile), json(settings));
    return;
  }
  if (!resume) {
    throw new StudyOptionError(
      `--out: ${path} already holds a study; resume it with --resume, or name another folder`,
    );
  }
  const was = parsed(earlier);
  for (const [name, value] of Object.entries(settings)) {
    if (was[name] !== value) {
      throw new StudyOptionError(
        `--resume: ${path} was started with ${name} ${String(was[name])}, now it is ${String(value)}; give the same options`,
      );
    }
  }
}

const parsed = (text: string): Record<string, unknown> => {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
};

const hasEntries = async (path: string): Promise<boolean> =>
  (await readdir(path).catch(() => [])).some((name) => !name.endsWith('.partial'));

async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    if (!(await stat(path)).isDirectory()) throw new Error('it is not a folder');
  } catch (error) {
    throw new StorageError(`cannot make the folder ${path}: ${messageOf(error)}; choose another with --out`, {
      cause: error,
    });
  }
}

/** What an earlier part of the study has finished; undefined if it has not, or the file is damaged. */
export async function finishedEntry(path: string, id: string): Promise<Entry | undefined> {
  const text = await read(join(path, id, entryFile));
  if (text === undefined) return undefined;
  const { data } = entrySchema.safeParse(parsed(text));
  return data?.id === id ? data : undefined;
}

/** Writes an experiment's tables and plot; says which files there are. */
export async function writeTables(
  path: string,
  id: string,
  tables: Measurement['tables'],
  svg: string,
  settings: unknown,
): Promise<string[]> {
  const folder = join(path, id);
  await make(folder);
  const files = Object.entries(tables).map(([name, rows]) => [`${name}.csv`, csv(rows)] as const);
  const all = [...files, ['plot.svg', svg] as const, ['settings.json', json(settings)] as const];
  for (const [name, contents] of all) await writeFileWhole(join(folder, name), contents);
  return all.map(([name]) => `${id}/${name}`);
}

const csv = (rows: readonly Row[]): string =>
  stringify([...rows], { header: true, cast: { number: (value) => String(value) } });

/** Written last: an experiment that has it is finished. */
export const writeEntry = (path: string, entry: Entry): Promise<void> =>
  writeFileWhole(join(path, entry.id, entryFile), json(entry));

export async function writeResults(path: string, results: Results, report: string): Promise<void> {
  await writeFileWhole(join(path, 'results.json'), json(results));
  await writeFileWhole(join(path, 'report.html'), report);
}

export const readPlot = (path: string, id: string): Promise<string> =>
  readText(join(path, id, 'plot.svg'), longestJson);
