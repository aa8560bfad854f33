/** Where blocks run: a folder for each page, in which the blocks of a page follow each other. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Below this package, so that a block finds the packages that it imports. */
const workplace = join(import.meta.dirname, '../reports/blocks');

export function clearWorkplace(): void {
  rmSync(workplace, { recursive: true, force: true });
}

/** Writes a file for a page and gives its path. */
export function write(page: string, name: string, text: string): string {
  const path = join(workplace, page.replace(/\W+/g, '-'), 'blocks', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
