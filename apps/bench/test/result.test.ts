/** Results on disk: what is written can be read, and what is no result is refused with a reason. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { beforeEach, expect, it } from 'vitest';
import { peerNames } from '../src/grid/contenders.js';
import { operationNames } from '../src/grid/operations.js';
import { readResult, writeResult } from '../src/node/resultFile.js';
import { entriesOf } from '../src/results/summary.js';
import { composed, resultOf } from './support.js';

const result = resultOf([1, 2, 3, 4, 5, 6], [11, 22, 30, 44, 50, 66], [1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2]);
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'new', 'result.json');
});

it('reads what it has written', async () => {
  await writeResult(path, result);
  expect(await readResult(path)).toEqual(result);
});

it('has one list of names in the schema and in the code', async () => {
  const schema = JSON.parse(await readFile(new URL('../result.schema.json', import.meta.url), 'utf8'));
  const { rows, contenders } = schema.properties;
  expect(rows.items.properties.operation.enum).toEqual(operationNames);
  expect(contenders.items.properties.implementation.enum).toEqual(['bn', ...peerNames]);
});

it.each([
  ['no JSON', 'hello', /cannot read '.*result\.json': .*JSON/],
  [
    'another format',
    '{"format":"lcov"}',
    /is not a result of this benchmark: the file must have required property/,
  ],
  [
    'another version',
    '{"format":"@bn/bench result 99"}',
    /is '@bn\/bench result 99', this benchmark reads '@bn\/bench result 2'/,
  ],
  ['null', 'null', /is not a result of this benchmark/],
  [
    'a result with a wrong figure',
    JSON.stringify({ ...result, seconds: 'long' }),
    /is not a result of this benchmark: \/seconds must be number/,
  ],
])('refuses %s', async (_kind, text, message) => {
  const other = join(folder, 'result.json');
  await writeFile(other, text);
  await expect(readResult(other)).rejects.toThrow(message);
});

it('refuses a file that is not there', async () => {
  await expect(readResult(path)).rejects.toThrow(/cannot read '.*result\.json': ENOENT/);
});

it('has the ratio to ours from the rounds, and the limit of memory from the passes', () => {
  const [ours, theirs] = entriesOf(result, result.rows[0]!);
  expect(theirs!.contender.id).toBe(composed.id);
  expect(theirs!.measured!.ratio!.median).toBe(11);
  expect(theirs!.measured!.ratio!.interval).toMatchObject({ low: 10, high: 11 });
  expect(ours!.measured!.ratio).toBeUndefined();
  // Forward reads x and copies it to y, backward reads x and dy twice and writes dx once.
  expect(ours!.measured!.overLimit).toBeCloseTo(3.5 / (4 * 1 + 2 * 2), 10);
});
