/** `npm run referee`: asks every contender, and writes docs/referee.md and the record that it is made from. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Contender, contenders, nameOf } from './contenders/list.js';
import { type Column, columnOf } from './matrix/cells.js';
import { type Matrix, page } from './matrix/page.js';
import { type Attempt, outcomeOf } from './run/attempts.js';
import { findTorch, inNode, inPython } from './run/processes.js';
import { tasks } from './run/tasks.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const torch = await findTorch();
const attempts: Readonly<Record<Contender['runsIn'], Attempt | undefined>> = {
  Node: inNode,
  Python: torch === undefined ? undefined : inPython(torch),
};

const columns: Column[] = [];
for (const contender of contenders) {
  const attempt = attempts[contender.runsIn];
  if (!attempt) {
    console.log(`${nameOf(contender)}: left out, no python3 here has PyTorch (set PYTHON to one that does)`);
    continue;
  }
  const column = columnOf(await outcomeOf(contender, [...tasks.keys()], attempt));
  const red = column.cells.filter(({ faults }) => faults.length > 0).length;
  console.log(`${nameOf(contender)}: ${column.cells.length} cells, ${red} red`);
  columns.push(column);
}
const matrix: Matrix = { columns, runtimes: { Node: process.versions.node } };
writeFileSync(path('../record.json'), `${JSON.stringify(matrix, undefined, 2)}\n`);
writeFileSync(path('../../../docs/referee.md'), page(matrix));
console.log('docs/referee.md');
