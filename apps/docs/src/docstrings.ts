/** The examples in docstrings, which the reference shows: blocks behind `@example`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { publishedFolders, root } from '@bn/tooling/workspace';
import type { Block } from './blocks.js';

/** What an example takes for granted: tfjs, all of @bn/core, and a backend. */
const prelude = `import * as tf from '@tensorflow/tfjs';
import '@bn/wasm';
import * as core from '@bn/core';
await core.useBackend('wasm');
`;

/** The examples of every source file of the published packages. */
export function exampleBlocks(): Block[] {
  return publishedFolders()
    .flatMap((folder) => sourcesOf(join(folder, 'src')))
    .flatMap(examplesOf);
}

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

function examplesOf(file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^ +\* @example\n +\* ```ts\n([\s\S]*?) +\* ```$/gm)].map(
    ({ index, 1: lines }) => {
      const code = lines!.replace(/^ +\* ?/gm, '');
      const names = [...new Set(code.match(/\b[a-zA-Z]\w+(?=\()/g))];
      return {
        page: relative(root, file).replaceAll(sep, '/'),
        line: text.slice(0, index).split('\n').length,
        language: 'ts',
        code: `${prelude}const { ${names.filter((name) => !isMethod(code, name)).join(', ')} } = core;\n${code}`,
      };
    },
  );
}

const isMethod = (code: string, name: string): boolean => new RegExp(`[.]${name}\\b`).test(code);
