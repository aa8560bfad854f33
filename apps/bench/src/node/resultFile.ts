/** Results on disk. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readText, writeFileWhole } from '@bn/lenet/node';
import { Ajv, type ValidateFunction } from 'ajv';
import { messageOf, UsageError } from '../errors.js';
import { type BenchResult, resultFormat } from '../results/result.js';

const schemaFile = new URL('../../result.schema.json', import.meta.url);
/** Bytes. A run of all shapes and backends has some megabytes. */
const longestResult = 2 ** 27;
let compiled: ValidateFunction<BenchResult> | undefined;

function validator(): ValidateFunction<BenchResult> {
  const schema = () => JSON.parse(readFileSync(schemaFile, 'utf8'));
  compiled ??= new Ajv({ allowUnionTypes: true }).compile<BenchResult>(schema());
  return compiled;
}

/**
 * Replaces the file as a whole: a reader never sees half of one.
 *
 * @throws UsageError if the disk is full, the folder cannot be written to, and the like.
 */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFileWhole(path, text);
  } catch (error) {
    throw new UsageError(
      `cannot write '${path}': ${messageOf(error)}. Make room there, or name another place (--out)`,
    );
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch {
    // On a disk that only reads, the recursive form says ENOENT.
    await mkdir(path);
  }
}

export const writeResult = (path: string, result: BenchResult): Promise<void> =>
  writeText(path, `${JSON.stringify(result)}\n`);

/**
 * Writes results as they come. Only the first must succeed: a disk that gets full in mid-run must not cost what is measured. Who
 * writes the last one hears of it.
 */
export function resultWriter(path: string): (result: BenchResult) => Promise<void> {
  let written = false;
  return async (result) => {
    try {
      await writeResult(path, result);
      written = true;
    } catch (error) {
      if (!written) throw error;
    }
  };
}

/** @throws UsageError if the file cannot be read, is no result of the benchmark, or one of another version. */
export async function readResult(path: string): Promise<BenchResult> {
  let value: unknown;
  try {
    value = JSON.parse(await readText(path, longestResult));
  } catch (error) {
    throw new UsageError(`cannot read '${path}': ${messageOf(error)}`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'string' && format.startsWith('@bn/bench ') && format !== resultFormat) {
    throw new UsageError(
      `'${path}' is '${format}', this benchmark reads '${resultFormat}': measure again, or read it with the version that wrote it`,
    );
  }
  const validate = validator();
  if (validate(value)) return value;
  const { instancePath, message } = validate.errors![0]!;
  throw new UsageError(
    `'${path}' is not a result of this benchmark: ${instancePath || 'the file'} ${message}`,
  );
}
