/** Files of Keras that are damaged, drawn at random: loaded whole, or refused by name, and nothing is left. */
import { readdirSync, readFileSync } from 'node:fs';
import '@bn/cpu-ref';
import { NormalizationError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadKerasModel } from '../../src/index.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Holder = Record<string, Json>;

const folder = new URL('../../golden/keras3/', import.meta.url);
const files = [...readdirSync(folder).map((name) => `keras3/${name}/`), ''].map((name) => {
  const read = (file: string) => readFileSync(new URL(`../../golden/${name}${file}`, import.meta.url));
  return { json: JSON.parse(read('model.json').toString()) as Holder, weights: read('group1-shard1of1.bin') };
});

/** Where something can be changed: a container and one of its keys. */
function placesIn(value: Json): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key): [Holder, string][] => [[holder, key], ...placesIn(holder[key]!)]);
}

/** Names of layers in the file, which one may put in the place of another: calls become cycles. */
const namesIn = (json: Holder): string[] => [
  ...new Set([...JSON.stringify(json).matchAll(/"name": ?"(\w+)"/g)].map(([, name]) => name!)),
];

const place = fc.nat(1e6);
const strange: Json[] = [null, true, -1, 0, 1.5, 1e9, '', 'Unknown', [], {}, [[]], [null], ['a', 0, 0]];
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), place }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      place,
      value: fc.constantFrom(...strange),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename' as const), place, name: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), place, other: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      place,
      value: fc.integer({ min: -3, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cut' as const), bytes: fc.integer({ min: 1, max: 64 }) }),
  },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** The files with changes, of which those of numbers and names go where such stand. */
function changed(index: number, changes: readonly Change[]) {
  const json = structuredClone(files[index]!.json);
  let { weights } = files[index]!;
  const names = namesIn(json);
  for (const each of changes) {
    if (each.kind === 'cut') {
      weights = weights.subarray(0, Math.max(0, weights.length - each.bytes));
      continue;
    }
    const all = placesIn(json);
    const fitting = all.filter(([holder, key]) => {
      if (each.kind === 'rename') return names.includes(holder[key] as string);
      return each.kind !== 'number' || typeof holder[key] === 'number';
    });
    if (fitting.length === 0) continue;
    const [holder, key] = fitting[each.place % fitting.length]!;
    switch (each.kind) {
      case 'remove':
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        break;
      case 'replace':
      case 'number':
        holder[key] = structuredClone(each.value);
        break;
      case 'rename':
        holder[key] = names[each.name % names.length]!;
        break;
      case 'move': {
        const [from, name] = all[each.other % all.length]!;
        holder[key] = structuredClone(from[name]!);
      }
    }
  }
  return { json, weights: new Uint8Array(weights) };
}

/** As a server gives them: tfjs reads model.json itself. */
function serverOf({ json, weights }: ReturnType<typeof changed>) {
  const bodies: Record<string, [string | Uint8Array<ArrayBuffer>, string]> = {
    'model.json': [JSON.stringify(json), 'application/json'],
    'group1-shard1of1.bin': [weights, 'application/octet-stream'],
  };
  return (async (url: string) => {
    const found = bodies[url.split('/').at(-1)!];
    return found === undefined
      ? new Response(null, { status: 404 })
      : new Response(found[0], { headers: { 'Content-Type': found[1] } });
  }) as unknown as typeof fetch;
}

const counts = () => {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers, variables: Object.keys(tf.engine().registeredVariables).length };
};

/** Tries `runs` changed files. */
export function changedFilesSuite(runs: number, seed: number): void {
  beforeAll(() => useBackend('cpu'));

  test(`${runs} damaged files of Keras are loaded whole, or refused by name`, async () => {
    const outcomes = { loaded: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(files.length - 1),
        fc.array(change, { maxLength: 3 }),
        async (index, changes) => {
          const before = counts();
          const fetchFunc = serverOf(changed(index, changes));
          try {
            const model = await loadKerasModel('https://example.com/model.json', { fetchFunc });
            outcomes.loaded++;
            expect(counts().numTensors).toBe(before.numTensors + new Set(model.weights).size);
            for (const variable of new Set(model.weights)) variable.dispose();
          } catch (error) {
            if (!(error instanceof NormalizationError)) throw error;
            outcomes.refused++;
          }
          expect(counts()).toEqual(before);
        },
      ),
      { numRuns: runs, seed },
    );
    expect(outcomes.loaded).toBeGreaterThan(runs / 20);
    expect(outcomes.refused).toBeGreaterThan(runs / 4);
  });
}
