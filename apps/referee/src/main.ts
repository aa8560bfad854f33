/** `npm run referee`: asks the contenders, and writes docs/referee.md and the record that it is made from. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders/list.js';
import { page } from './matrix/page.js';
import { tablesOf } from './matrix/table.js';
import { readOptions } from './options.js';
import { ask } from './run/ask.js';
import { openPlaces } from './run/places.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const { ways } = readOptions(process.argv.slice(2));
// Browsers end with the process, and the folder of their pages goes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const places = await openPlaces();
const wanted = contenders.filter(({ way }) => ways === undefined || ways.includes(way));
const columns = await ask(wanted, places, console.log);
await places.close();

if (ways === undefined) {
  const matrix = { columns, runtimes: places.runtimes };
  writeFileSync(path('../record.json'), `${JSON.stringify(matrix, undefined, 2)}\n`);
  writeFileSync(path('../../../docs/referee.md'), page(matrix));
  console.log('docs/referee.md');
} else {
  console.log(tablesOf(columns));
}
