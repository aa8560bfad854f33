/** Every code block that the site shows is run, or, where it is no program, checked; what is neither is listed by name. */
import { pythonWithTorch } from '@bn/tooling/python';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announced, type Block, blocksOf } from '../src/blocks.js';
import { problemsOf } from '../src/checkCommands.js';
import { exampleBlocks } from '../src/docstrings.js';
import { prepare } from '../src/fixtures.js';
import { pages, readPage } from '../src/pages.js';
import { closeBrowser, needsBrowser, runHtml, runScriptInPage } from '../src/runPage.js';
import { runPython } from '../src/runPython.js';
import { isTest, runScript, runTest } from '../src/runScript.js';
import { clearWorkplace } from '../src/workplace.js';

const python = pythonWithTorch();

const languages = ['js', 'ts', 'html', 'python', 'sh', 'text', 'math'];

beforeAll(() => {
  clearWorkplace();
  for (const page of pages) prepare(page);
});

afterAll(closeBrowser);

/** What a block says that it prints has to be what it prints; one that says nothing has only to run. */
function expectPrinted({ code }: Block, printed: readonly string[]): void {
  const promised = announced(code);
  if (promised.length > 0) expect(printed).toEqual(promised);
}

const runs: Readonly<Record<string, (block: Block) => Promise<void>>> = {
  async js(block) {
    if (isTest(block)) expect(await runTest(block)).toBeGreaterThan(0);
    else expectPrinted(block, await (needsBrowser(block) ? runScriptInPage(block) : runScript(block)));
  },
  ts: (block) => runs.js!(block),
  html: async (block) => expectPrinted(block, await runHtml(block)),
  python: async (block) => expectPrinted(block, await runPython(block, python!)),
  sh: async (block) => expect(problemsOf(block)).toEqual([]),
};

describe.each(pages)('%s', (page) => {
  const blocks = blocksOf(page, readPage(page));
  const notRun = blocks.filter(({ language }) => language === 'text');
  if (notRun.length > 0)
    console.log(`${page}: shown, not run: lines ${notRun.map(({ line }) => line).join(', ')}`);

  test('has code blocks only in languages that are run or checked', () => {
    expect(languages).toEqual(expect.arrayContaining(blocks.map(({ language }) => language)));
  });

  test('has no figure of the benchmark that begins a line: the comment would make HTML of the paragraph', () => {
    expect(readPage(page).match(/^ *<!-- bench .*-->\S.*$/gm) ?? []).toEqual([]);
  });

  for (const block of blocks) {
    const run = runs[block.language];
    if (!run) continue;
    const impossible = block.language === 'python' && !python;
    test.skipIf(impossible)(`line ${block.line}, ${block.language}, does what it says`, () => run(block));
  }
});

describe('the examples of docstrings', () => {
  const examples = exampleBlocks();

  test('are found', () => expect(examples.length).toBeGreaterThan(10));

  test.each(examples)('$page, line $line, prints what it says', (block) => runs.ts!(block));
});
