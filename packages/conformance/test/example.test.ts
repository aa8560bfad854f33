/** Runs the example of docs/write-a-backend.md: a backend in one object, and one line that tests it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const guide = readFileSync(new URL('../../../docs/write-a-backend.md', import.meta.url), 'utf8');
const example = guide.match(/```ts\n([\s\S]*?)```/)![1]!;
mkdirSync(new URL('../reports/', import.meta.url), { recursive: true });
const file = new URL('../reports/example.ts', import.meta.url);
writeFileSync(file, example);

await import(file.href);
