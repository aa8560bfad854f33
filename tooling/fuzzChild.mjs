/** The child of fuzz.mjs. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { note } from './fuzz.mjs';
import { changedBytes, changedJson } from './fuzzChanges.mjs';

const { target, runs, seed, kept, last } = JSON.parse(await text(process.stdin));
const { corpus, accept, isJson = false } = await import(target);

const counts = { tried: 0, accepted: 0, refused: 0 };

/** @returns by `accept`: whether the parser took it */
async function attempt(bytes) {
  note(last, bytes);
  counts.tried++;
  counts[(await accept(bytes)) ? 'accepted' : 'refused']++;
}

for (const bytes of corpus) {
  if (!(await accept(bytes))) throw new Error('a valid file is refused');
}
const files = [...corpus, ...kept.map((path) => new Uint8Array(readFileSync(path)))];
for (const bytes of files) await attempt(bytes);
const changed = isJson ? fc.oneof(changedJson(corpus), changedBytes(files)) : changedBytes(files);
await fc.assert(fc.asyncProperty(changed, attempt), { numRuns: runs, seed });
console.log(JSON.stringify(counts));
