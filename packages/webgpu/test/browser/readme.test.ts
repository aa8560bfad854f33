/** The example in the README, run as it stands there but for its imports, which a page cannot resolve at run time. */
import * as core from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import '../../src/index.js';

it('prints what the README says', async () => {
  const readme = await commands.readFile('README.md');
  const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
  const promised = /prints `(.*?)`/.exec(readme)![1]!;
  const imports = example.match(/^import .*$/gm);
  expect(imports).toEqual([
    "import * as tf from '@tensorflow/tfjs';",
    "import '@bn/webgpu';",
    "import { BatchNorm, useBackend } from '@bn/core';",
  ]);
  const body = example.replace(/^import .*$/gm, '');
  const printed: string[] = [];
  const run = new Function(
    'tf',
    'core',
    'console',
    `const { BatchNorm, useBackend } = core; return (async () => {${body}})();`,
  );
  await run(tf, core, { log: (text: string) => printed.push(text) });
  expect(printed).toEqual([promised]);
});
