/** The examples in docstrings, which the reference shows: blocks behind `@example`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { manifestOf, publishedFolders, root } from '@bn/tooling/workspace';
import type { Block } from './blocks.js';

/** What an example takes for granted: tfjs, a backend, and the `names` of @bn/core and of the package that the example is of. */
const prelude = (packageName: string, names: readonly string[]) => `\
import * as tf from '@tensorflow/tfjs';
import '@bn/wasm';
import * as core from '@bn/core';
import * as own from '${packageName}';
await core.useBackend('wasm');
const { ${names.join(', ')} } = { ...core, ...own };
`;

/** The examples of every source file of the published packages. */
export function exampleBlocks(): Block[] {
  return publishedFolders().flatMap((folder) => {
    const { name } = manifestOf(folder);
    return sourcesOf(join(folder, 'src')).flatMap((file) => examplesOf(name, file));
  });
}

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

function examplesOf(packageName: string, file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^ +\* @example\n +\* ```ts\n([\s\S]*?) +\* ```$/gm)].map(
    ({ index, 1: lines }) => {
      const code = lines!.replace(/^ +\* ?/gm, '');
      const called = [...new Set(code.match(/\b[a-zA-Z]\w+(?=\()/g))];
      const names = called.filter((name) => !isMethod(code, name));
      return {
        page: relative(root, file).replaceAll(sep, '/'),
        line: text.slice(0, index).split('\n').length,
        language: 'ts',
        code: prelude(packageName, names) + code,
      };
    },
  );
}

const isMethod = (code: string, name: string): boolean => new RegExp(`[.]${name}\\b`).test(code);
