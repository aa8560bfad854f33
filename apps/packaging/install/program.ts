/** The program that a project runs: test/packaging/program.ts in the folder of the package, and what it prints. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bn/tooling/workspace';
import type { PublishedPackage } from '../src/packages.js';

export interface Program {
  /** TypeScript. */
  readonly code: string;
  /** The texts behind `// ` on the lines that print. */
  readonly prints: readonly string[];
}

/** @throws Error if the package has no program: a package that nobody has tried cannot be published. */
export function programFor({ name, folder }: PublishedPackage): Program {
  if (name === '@bn/conformance') return conformanceProgram();
  const file = join(folder, 'test/packaging/program.ts');
  if (!existsSync(file)) {
    throw new Error(
      `write ${file}: a program that uses ${name}, with console.log(...); // followed by the text that it prints`,
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
