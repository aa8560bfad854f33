/** The README's example runs and prints what the README says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

it('prints what the README says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const block = (language: string) => readme.match(new RegExp('```' + language + '\\n([\\s\\S]*?)```'))![1]!;
  mkdirSync(new URL('../reports/', import.meta.url), { recursive: true });
  const file = new URL('../reports/readmeExample.ts', import.meta.url);
  writeFileSync(file, block('ts').replace('@bn/cpu-ref', '../src/index.js'));

  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import(file.href);
    expect(log.mock.calls.map(([line]) => `${line}\n`).join('')).toBe(block('text'));
  } finally {
    log.mockRestore();
  }
});
