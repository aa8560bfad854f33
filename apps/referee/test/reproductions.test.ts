/** The programs for red cells on the backends beyond the first; on the first the test of the documents runs them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChromium } from '@bn/tooling/page';
import { printedByScript } from '@bn/tooling/scriptInPage';
import { expect, it } from 'vitest';
import { reproductions } from '../src/reproductions/list.js';
import { backendsOf, codeOn, type Reproduction } from '../src/reproductions/reproduction.js';

const folder = join(import.meta.dirname, '..');

/** Programs in one module, one after the other: their imports once, then the rest of each. */
function joined(programs: readonly Reproduction[], backend: string): string {
  const lines = programs.map((program) => codeOn(program, backend).split('\n'));
  const isImport = (line: string) => line.startsWith('import ');
  const imports = new Set(lines.flatMap((own) => own.filter(isImport)));
  const rest = lines.map((own) => own.filter((line) => !isImport(line)).join('\n'));
  return [...imports, ...rest.map((code) => `await (async () => {\n${code}\n})();`)].join('\n');
}

async function inPage(code: string, lines: number): Promise<string[]> {
  const browser = await startChromium();
  try {
    return await printedByScript(browser, { code, language: 'js', folder, lines });
  } finally {
    await browser.close();
  }
}

function inNode(code: string): string[] {
  const programs = join(folder, 'reports/programs');
  mkdirSync(programs, { recursive: true });
  const file = join(programs, 'programs.mjs');
  writeFileSync(file, code);
  return execFileSync(process.execPath, [file], { encoding: 'utf8' }).trimEnd().split('\n');
}

it.each(['wasm', 'webgl', 'webgpu'])('print on %s what they say', async (backend) => {
  const programs = reproductions.filter((program) => backendsOf(program).slice(1).includes(backend));
  expect(programs.length).toBeGreaterThan(3);
  const code = joined(programs, backend);
  const printed = backend === 'wasm' ? inNode(code) : await inPage(code, programs.length);
  expect(printed).toEqual(programs.map(({ prints }) => prints[backend]));
});
