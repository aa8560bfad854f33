/** The program that a project runs, one for each package, and what it prints: both stand in a file of programs/. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bn/tooling/setup';

export interface Program {
  /** TypeScript. */
  readonly code: string;
  /** What stands behind `// ` on the lines that print. */
  readonly prints: readonly string[];
}

/** @throws Error where the package has no program: a package that nobody has tried cannot be published. */
export function programFor(packageName: string): Program {
  if (packageName === '@bn/conformance') return conformanceProgram();
  const file = join(import.meta.dirname, 'programs', `${packageName.slice('@bn/'.length)}.ts`);
  if (!existsSync(file)) {
    throw new Error(
      `write ${file}: a program that uses ${packageName}, with console.log(...); // what it prints`,
    );
  }
  const code = readFileSync(file, 'utf8');
  return { code, prints: [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!) };
}

/** The backend and the test of docs/write-a-backend.md. */
function conformanceProgram(): Program {
  const guide = readFileSync(join(root, 'docs/write-a-backend.md'), 'utf8');
  return { code: /```ts\n([\s\S]*?)```/.exec(guide)![1]!, prints: [] };
}
