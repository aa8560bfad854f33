import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../dist/errors.js';
import { readResult } from '../../dist/node/resultFile.js';
import { comparisonAsText } from '../../dist/report/comparison.js';
import { resultAsText } from '../../dist/report/text.js';
import { compareResults } from '../../dist/results/compare.js';

/** One of the results that are published, with a row of it. */
const whole = JSON.parse(
  readFileSync(new URL('../../../../docs/benchmarks-webgl/result.json', import.meta.url), 'utf8'),
);
const small = { ...whole, rows: whole.rows.slice(0, 1) };

export const isJson = true;
export const corpus = [new TextEncoder().encode(JSON.stringify(small))];

const folder = mkdtempSync(join(tmpdir(), 'bn-result-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const accept = async (bytes) => {
  const path = join(folder, 'result.json');
  writeFileSync(path, bytes);
  let result;
  try {
    result = await readResult(path);
  } catch (error) {
    if (error instanceof UsageError && error.message.includes(path)) return false;
    throw error;
  }
  // What a terminal obeys would be printed.
  for (const text of [resultAsText(result, 100), comparisonAsText(compareResults(small, result))]) {
    if (text.includes('\u001b')) throw new Error('an escape sequence goes to the terminal');
  }
  return true;
};
