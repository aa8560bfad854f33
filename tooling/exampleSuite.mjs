/** The test that the example in a README prints what the README says, in a page. */
import { expect, it } from 'vitest';

/**
 * Runs the first block of JavaScript as it stands there but for its imports, which a page cannot resolve at run time.
 *
 * @param {object} options
 * @param {string} options.name The package, which has been imported.
 * @param {() => string | Promise<string>} options.readme
 * @param {typeof import('@tensorflow/tfjs')} options.tf
 * @param {typeof import('@bn/core')} options.core
 */
export function exampleSuite({ name, readme, tf, core }) {
  it('prints what the README says', async () => {
    const text = await readme();
    const example = /```js\n([\s\S]*?)```/.exec(text)[1];
    const promised = /prints `(.*?)`/.exec(text)[1];
    expect(example.match(/^import .*$/gm)).toEqual([
      "import * as tf from '@tensorflow/tfjs';",
      `import '${name}';`,
      "import { BatchNorm, useBackend } from '@bn/core';",
    ]);
    const body = example.replace(/^import .*$/gm, '');
    const printed = [];
    const run = new Function(
      'tf',
      'core',
      'console',
      `const { BatchNorm, useBackend } = core; return (async () => {${body}})();`,
    );
    await run(tf, core, { log: (line) => printed.push(line) });
    expect(printed).toEqual([promised]);
  });
}
