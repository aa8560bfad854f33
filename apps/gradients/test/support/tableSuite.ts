/** The columns of these backends: with @bn and with tfjs alone. */
import { registerTrainingKernels } from '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import page from '../../../../docs/gradients.md?raw';
import { faults } from '../../src/faults/faults.js';
import { left } from '../../src/faults/left.js';
import { cell } from '../../src/page/cell.js';
import { fileNameOf } from '../../src/page/files.js';
import { readColumn } from '../../src/page/markdown.js';
import type { CheckedBackend } from '../../src/table/backends.js';
import { type Column, columns } from '../../src/table/columns.js';
import { rows, sections } from '../../src/table/rows.js';
import { type ColumnReport, type RowVerdicts, runRow, type Truths, truthsOf } from '../../src/table/run.js';

/** For a whole column: a minute by software rendering on a machine that has nothing else to do. */
const columnMilliseconds = 900_000;

type WriteFile = (path: string, text: string) => void | Promise<void>;

export function tableSuite(backends: readonly CheckedBackend[], writeFile: WriteFile): void {
  let truths: Truths;

  beforeAll(() => {
    truths = truthsOf(rows);
  });

  afterAll(() => registerTrainingKernels());

  describe.each(columns.filter(({ backend }) => backends.includes(backend)))('$title', (column) => {
    const verdicts: RowVerdicts[] = [];

    beforeAll(async () => {
      for (const row of rows) verdicts.push(await runRow(column, row, truths));
      const report: ColumnReport = { title: column.title, tfjs: tf.version_core, rows: verdicts };
      await writeFile(fileNameOf(column), `${JSON.stringify(report, null, 2)}\n`);
    }, columnMilliseconds);

    it.each(sections)(
      'is what docs/gradients.md says: %s (if it is not, npm run gradients:report)',
      (section) => {
        const comparable = (cells: Iterable<readonly [string, string]>) =>
          Object.fromEntries(
            [...cells].map(([row, text]) => [row, column.isOurs ? text : withoutCounts(text)]),
          );
        const found = verdicts.filter((row) => row.section === section);
        expect(comparable(found.map((row) => [row.row, cell(row)] as const))).toEqual(
          comparable(readColumn(page, section, column.title)),
        );
      },
    );

    if (!column.isOurs) {
      it('fails in no way that the list of faults does not name', () => {
        const failing = casesOf(verdicts).filter(({ outcome }) => outcome !== 'right');
        const unexplained = failing.filter((each) => !faults.some((fault) => explains(fault, column, each)));
        expect(unexplained).toEqual([]);
      });

      it.each(faults.filter(({ backends }) => backends.includes(column.backend)))('shows: $what', (fault) => {
        const failing = casesOf(verdicts).filter(({ outcome }) => outcome !== 'right');
        expect(failing.filter((each) => explains(fault, column, each))).not.toEqual([]);
      });
    }

    if (column.isOurs && column.backend === 'wasm') {
      const failingOf = (name: string) =>
        casesOf(verdicts).filter(({ row, outcome }) => row === name && outcome !== 'right');

      it.each(rows.filter(({ name }) => !(name in left)))('computes $name as float64 does', ({ name }) => {
        expect(failingOf(name)).toEqual([]);
      });

      it.each(Object.entries(left))('does not compute all of %s (%s)', (name) => {
        expect(failingOf(name), 'this row is right now: take it off src/faults/left.ts').not.toEqual([]);
      });
    }
  });
}

/** Kernels of tfjs that read memory which nobody has written are right by chance, so that the number of wrong cases varies. */
const withoutCounts = (text: string): string => text.replace(/ \d+( of \d+)?/g, '');

type Case = { row: string } & RowVerdicts['cases'][number];

function casesOf(verdicts: RowVerdicts[]): Case[] {
  return verdicts.flatMap(({ row, cases }) => cases.map((verdict) => ({ row, ...verdict })));
}

function explains(fault: (typeof faults)[number], column: Column, each: Case): boolean {
  return (
    fault.backends.includes(column.backend) &&
    fault.rows.includes(each.row) &&
    (fault.cases === undefined || fault.cases.test(each.case))
  );
}
