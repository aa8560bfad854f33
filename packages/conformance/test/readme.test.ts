/** Runs the README's example: a backend in one object, and one line that tests it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = readme.match(/```ts\n([\s\S]*?)```/)![1]!;
mkdirSync(new URL('../reports/', import.meta.url), { recursive: true });
const file = new URL('../reports/readmeExample.ts', import.meta.url);
writeFileSync(file, example);

await import(file.href);
