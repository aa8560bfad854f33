/** What each package may weigh, in bytes, minified and compressed (gzip -9): from test/packaging/sizes.json in its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedPackage } from './packages.js';

export interface Import {
  /** A program that imports some of the package, or all of it. */
  readonly code: string;
  readonly budget: number;
  /** The size that the project wants, if the budget is only what has been reached. */
  readonly target?: number;
  /** What the bytes are for. */
  readonly why?: string;
}

/** The reason why a package is not weighed. */
interface Unweighed {
  readonly unweighed: string;
}

/** @throws Error if the package has no sizes.json: no package is published that nobody has weighed. */
export function budgetsOf({ name, folder }: PublishedPackage): readonly Import[] {
  const file = join(folder, 'test/packaging/sizes.json');
  if (!existsSync(file)) {
    throw new Error(
      `write ${file}, such as [{ "code": "export * from '${name}';", "budget": 5000 }]: bytes, minified and compressed`,
    );
  }
  const sizes = JSON.parse(readFileSync(file, 'utf8')) as readonly Import[] | Unweighed;
  return 'unweighed' in sizes ? [] : sizes;
}
