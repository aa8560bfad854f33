/** The examples in the README print what stands behind `// ` on the lines that print. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as layers from '../src/index.js';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const readme = readFileSync(`${packageFolder}/README.md`, 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);

describe('the README', () => {
  it.each(examples.map((code, i) => [i + 1, code] as const))(
    'has an example %i that prints what it says',
    async (_, code) => {
      const announced = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => `${text}\n`);
      expect(announced.length).toBeGreaterThan(0);
      // Run in this folder, the package's own name means the package itself.
      const run = promisify(execFile)('node', ['--input-type=module', '-e', code], { cwd: packageFolder });
      expect((await run).stdout).toBe(announced.join(''));
    },
  );

  it.each(Object.keys(layers))('tells of %s', (name) => {
    expect(readme).toContain(name);
  });
});
