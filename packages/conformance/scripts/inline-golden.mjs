/**
 * Writes src/generated/golden.ts: the golden data as strings in a module, so that the suite needs no files and runs in a
 * browser as it does in Node.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const index = readFileSync(new URL('golden/golden.json', root), 'utf8');
const data = readFileSync(new URL('golden/golden.bin', root)).toString('base64');

mkdirSync(new URL('src/generated/', root), { recursive: true });
writeFileSync(
  new URL('src/generated/golden.ts', root),
  '/** Made by scripts/inline-golden.mjs from golden/; not edited by hand. */\n' +
    `export const indexJson: string = ${JSON.stringify(index)};\n` +
    `export const dataBase64: string = '${data}';\n`,
);
