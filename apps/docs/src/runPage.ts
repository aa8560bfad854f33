/** Runs what needs a browser in headless Chromium: html blocks, and js and ts blocks that use WebGL or WebGPU. */
import { join } from 'node:path';
import { printedByPage, startChromium } from '@bn/tooling/page';
import { build } from 'esbuild';
import { announced, type Block } from './blocks.js';

/** Served to the pages: its node_modules has the packages that they import. */
const folder = join(import.meta.dirname, '..');

export const needsBrowser = ({ code }: Block): boolean => /^import (.* from )?'@bn\/webg(l|pu')/m.test(code);

/** @returns What the page prints. */
export const runHtml = ({ code }: Block): Promise<string[]> => printed(code, announced(code).length);

/** @returns What the script prints in a page. */
export async function runScriptInPage({ code, language }: Block): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: language === 'ts' ? 'ts' : 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  // Nothing in the code may end the script element.
  const script = outputFiles[0]!.text.replaceAll('</script', '<\\/script');
  const page = `<!doctype html><script type="module">${script};console.log('end of the block')</script>`;
  const lines = await printed(page, announced(code).length + 1);
  return lines.slice(0, -1);
}

async function printed(html: string, lines: number): Promise<string[]> {
  const browser = await startChromium();
  try {
    return await printedByPage(browser, { folder, file: 'block.html', html, lines });
  } finally {
    await browser.close();
  }
}
