/**
 * Writes docs/gradients.md from the columns that the tests left in reports/.
 *
 *     npm run gradients:report
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { columns, fileNameOf, pageOf } from '../dist/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = columns.map((column) => `${root}apps/gradients/${fileNameOf(column)}`);
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.error(`Missing: ${missing.join(', ')}. Run the tests of apps/gradients first.`);
  process.exit(1);
}
writeFileSync(
  `${root}docs/gradients.md`,
  pageOf(files.map((file) => JSON.parse(readFileSync(file, 'utf8')))),
);
console.log('docs/gradients.md');
// Importing the app has registered backends, one of which keeps the process alive.
process.exit();
