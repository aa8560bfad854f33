/**
 * Fuzzes a parser in a child with limits on time and memory, by fast-check: files that are kept, then drawn changes of them. A
 * parser gives a result that makes sense, or throws an error that it has promised.
 *
 * A target is a module that exports `corpus`, valid files (Uint8Array); `accept(bytes)`, which parses, and throws what is
 * unexpected; and, for text, `isJson = true`: then values and keys of the JSON are changed too.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runGuarded } from './guardedChild.mjs';

/** Start-up, with tfjs, takes about 200 MB and some seconds. */
const limits = { seconds: 100, megabytes: 800 };

/**
 * @param {string} target Path of the target's module.
 * @param {{ runs: number, seed: number, kept?: string }} options `kept`: a folder of files that are tried first.
 * @returns {Promise<{ tried: number, accepted: number, refused: number }>}
 * @throws Error with the input, if the parser fails otherwise, or reaches a limit.
 */
export async function fuzz(target, { runs, seed, kept }) {
  const folder = mkdtempSync(join(tmpdir(), 'bn-fuzz-'));
  const last = join(folder, 'input');
  try {
    const child = fileURLToPath(new URL('fuzzChild.mjs', import.meta.url));
    const input = JSON.stringify({
      target: pathToFileURL(target).href,
      runs,
      seed,
      kept: keptFiles(kept),
      last,
    });
    const { code, exceeded, stdout, stderr } = await runGuarded([child], { ...limits, input });
    if (exceeded !== undefined) throw new Error(`reached the limit of ${exceeded} at ${inputText(last)}`);
    if (code !== 0) throw new Error(`${stderr}\nat ${inputText(last)}`);
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what is tried, so that it outlives a child that is killed over it. */
export const note = (last, bytes) => writeFileSync(last, bytes);

const keptFiles = (folder) =>
  folder === undefined
    ? []
    : readdirSync(folder)
        .sort()
        .map((name) => join(folder, name));

function inputText(last) {
  if (!existsSync(last)) return 'its start';
  const bytes = readFileSync(last);
  return `${bytes.length} bytes, in base64: ${bytes.toString('base64').slice(0, 4000)}`;
}
