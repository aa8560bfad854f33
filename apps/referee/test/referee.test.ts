/** docs/referee.md: its record, the programs for its red cells, and the way from a contender's results to a cell. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { goldenRows } from '@bn/conformance/golden';
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Part } from '../src/contenders/contender.js';
import { jaxVersion } from '../src/contenders/jax.js';
import { type Contender, contenders, nameOf } from '../src/contenders/list.js';
import { columnOf } from '../src/matrix/cells.js';
import { type Matrix, page } from '../src/matrix/page.js';
import { cellText } from '../src/matrix/table.js';
import { reproductions } from '../src/reproductions/list.js';
import { backendsOf, explains } from '../src/reproductions/reproduction.js';
import { type Attempt, outcomeOf } from '../src/run/attempts.js';
import type { Result } from '../src/run/lines.js';
import { inNode, inPython } from '../src/run/processes.js';
import { tasks } from '../src/run/tasks.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const record = JSON.parse(read('../record.json')) as Matrix;

const place = (operation: string, name: string, part: Part): number =>
  tasks.findIndex(({ row, part: own }) => row.op === operation && row.name === name && own === part);
const contender = (way: Contender['way'], backend: string): Contender => ({ way, backend, runsIn: 'Node' });

/** The cells of some tasks. */
const cellsOf = async (who: Contender, wanted: readonly number[], attempt = inNode) =>
  columnOf(await outcomeOf(who, wanted, attempt)).cells;

describe('the page', () => {
  it('is made from the record (if it is not, npm run referee)', () => {
    expect(read('../../../docs/referee.md')).toBe(page(record));
  });

  it('is about the version of tfjs that is installed', () => {
    expect(page(record)).toContain(`TensorFlow.js ${tf.version_core}`);
  });

  it('is about the version of jax-js that is installed', () => {
    const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
    const { version } = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8'));
    expect(jaxVersion).toBe(version);
    expect(page(record)).toContain(`jax-js ${version}`);
  });

  it('has run every contender, and says that what rendered was software', () => {
    expect(record.columns.map(({ contender }) => contender)).toEqual(contenders);
    expect(record.columns.filter(({ notRun }) => notRun !== undefined)).toEqual([]);
    expect(page(record)).toMatch(/- webgl: ANGLE .*SwiftShader.* \(software, no graphics processor\)/);
    expect(page(record)).toMatch(/- webgpu: .*swiftshader.* \(software, no graphics processor\)/);
  });

  const faults = record.columns.flatMap(({ contender, cells }) =>
    cells.flatMap(({ operation, part, faults }) =>
      faults.map((fault) => ({
        title: `${nameOf(contender)}, ${operation} ${part}`,
        contender,
        operation,
        fault,
      })),
    ),
  );

  it.each(faults)(
    'has a program for $title, $fault.kind: $fault.message',
    ({ contender, operation, fault }) => {
      expect(reproductions.some((each) => explains(each, contender, fault, operation))).toBe(true);
    },
  );

  const programs = reproductions.flatMap((reproduction) =>
    backendsOf(reproduction).map((backend) => ({ ...reproduction, backend })),
  );

  it.each(programs)(
    'has a red cell for the program of $way on $backend, $title',
    ({ backend, ...program }) => {
      const own = faults.filter(({ contender }) => contender.backend === backend);
      expect(
        own.some(({ contender, operation, fault }) => explains(program, contender, fault, operation)),
      ).toBe(true);
    },
  );
});

describe('a contender', () => {
  const image = place('batchNorm', 'image', 'forward');

  it.each(['bn', 'composed', 'onnxruntime', 'jax'] as const)('is right on wasm: %s', async (way) => {
    const [cell] = await cellsOf(contender(way, 'wasm'), [image]);
    expect(cell).toMatchObject({ cases: 1, faults: [] });
    expect(cell!.error).toBeGreaterThan(0);
    expect(cell!.ratio).toBeLessThan(10);
  });

  it('is wrong, or has nothing for it: tf.layers along another axis than the last, and for group norm', async () => {
    const wanted = [image, place('groupNorm', 'image', 'forward')];
    const cells = await cellsOf(contender('layers', 'wasm'), wanted);
    expect(cells).toHaveLength(1);
    expect(cells[0]!.faults).toEqual([{ kind: 'wrong', message: '', cases: 1, first: 'image' }]);
  });

  it('refuses: the gradient of tf.batchNorm without scale', async () => {
    const wanted = [image, place('batchNorm', 'features without affine', 'gradients')];
    const [right, refused] = await cellsOf(contender('batchNorm', 'cpu'), wanted);
    expect(right!.faults).toEqual([]);
    expect(refused!.faults).toMatchObject([{ kind: 'refused', message: expect.stringContaining('dataId') }]);
  });

  it('is PyTorch, if a python3 here has it, whose errors are those of the golden data', async ({ skip }) => {
    const torch = pythonWithTorch();
    if (torch === undefined) skip(noTorch);
    const task = place('groupNorm', 'video', 'gradients');
    const who: Contender = { way: 'torch', backend: 'cpu', runsIn: 'Python' };
    const [cell] = await cellsOf(who, [task], inPython(torch!));
    expect(cell).toMatchObject({ operation: 'groupNorm', part: 'gradients', cases: 1, faults: [] });
    expect(cell!.ratio).toBeLessThanOrEqual(1);
  });
});

describe('a process that ends too early', () => {
  const who = contender('bn', 'cpu');
  const wanted = [0, 1, 2, 3];

  it('has crashed at the task that it did not answer, and another goes on behind it', async () => {
    const begun: (readonly number[])[] = [];
    const attempt: Attempt = async (_, asked, line) => {
      begun.push(asked);
      line({ versions: {} });
      for (const task of asked) {
        if (task === 1) return 'exit code 9: out of memory';
        line({ task, errors: { y: 0 } });
      }
      return undefined;
    };
    const { results } = await outcomeOf(who, wanted, attempt);
    expect(begun).toEqual([wanted, [2, 3]]);
    expect(results.map(({ task }) => task)).toEqual(wanted);
    expect(results[1]).toEqual({ task: 1, crashed: 'exit code 9: out of memory' });
  });

  it('is an error if it has not begun', async () => {
    const attempt: Attempt = async () => 'exit code 1: no such module';
    await expect(outcomeOf(who, wanted, attempt)).rejects.toThrow(
      'bn on cpu does not start: exit code 1: no such module',
    );
  });
});

describe('a cell', () => {
  const column = (...results: Result[]) =>
    columnOf({ contender: contender('bn', 'cpu'), versions: {}, results }).cells;
  const [first, second] = ['features', 'image'].map((name) => place('batchNorm', name, 'forward')) as [
    number,
    number,
  ];

  it('has the largest error and the largest ratio of what is not wrong', () => {
    const [cell] = column(
      { task: first, errors: { y: 2 ** -22 } },
      { task: second, errors: { y: 2 ** -21 } },
    );
    expect(cell).toMatchObject({
      operation: 'batchNorm',
      part: 'forward',
      cases: 2,
      error: 2 ** -21,
      faults: [],
    });
    expect(cell!.ratio).toBeGreaterThan(1);
    expect(cell!.ratio).toBeLessThan(2);
    expect(cellText(cell)).toMatch(/^4\.8e-7 \(1\.\d\)$/);
  });

  it('counts what is not finite or 100 times beyond as wrong', () => {
    const [cell] = column({ task: first, errors: { y: null } }, { task: second, errors: { y: 1e-4 } });
    expect(cell!.faults).toEqual([{ kind: 'wrong', message: '', cases: 2, first: 'features' }]);
    expect(cellText(cell)).toBe('**2 wrong of 2**');
  });

  it('takes errors that differ in sizes for one', () => {
    const [cell] = column(
      { task: first, refused: 'Size(105) must match the product of shape 1,7,1' },
      { task: second, refused: 'Size(4) must match the product of shape 1,2,1,1' },
    );
    const message = 'Size(N) must match the product of shape N';
    expect(cell!.faults).toEqual([{ kind: 'refused', message, cases: 2, first: 'features' }]);
    expect(cellText(cell)).toBe('**2 refused of 2**');
  });

  it('is empty for what a contender has nothing for', () => {
    expect(column({ task: first, errors: {} })).toEqual([]);
    expect(cellText(undefined)).toBe('-');
  });
});

it('asks for the running statistics of batch norm alone', () => {
  const count = (part: Part) => tasks.filter((task) => task.part === part).length;
  expect([count('forward'), count('gradients')]).toEqual([goldenRows.length, goldenRows.length]);
  expect(count('runningStatistics')).toBe(goldenRows.filter(({ op }) => op === 'batchNorm').length);
});
