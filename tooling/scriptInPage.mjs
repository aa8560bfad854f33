/** A script in a page of headless Chromium, for tests of what a program prints. */
import { build } from 'esbuild';
import { printedByPage } from './page.mjs';

const end = 'end of the script';

/**
 * Bundles a script, runs it as the module of a page, and waits until it has ended.
 *
 * @param {import('playwright').Browser} browser
 * @param {object} script
 * @param {string} script.code
 * @param {'js' | 'ts'} script.language
 * @param {string} script.folder Its node_modules has the packages that the script imports; it is served to the page.
 * @param {number} script.lines How many lines it prints.
 * @returns {Promise<string[]>} The lines.
 * @throws Error if the script fails, or prints fewer lines.
 */
export async function printedByScript(browser, { code, language, folder, lines }) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: language },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  // Nothing in the code may end the script element.
  const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
  const html = `<!doctype html><script type="module">${script};console.log('${end}')</script>`;
  const printed = await printedByPage(browser, { folder, file: 'script.html', html, lines: lines + 1 });
  return printed.slice(0, -1);
}
