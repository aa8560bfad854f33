/** Pages in headless Chromium, for tests of what a page prints. */
import { createServer } from 'node:http';
import { chromium } from 'playwright';
import sirv from 'sirv';
import { chromiumArguments, findChromium, noChromiumMessage, startMilliseconds } from './browser.mjs';

const PATIENCE_MILLISECONDS = 100_000;

/** Whoever starts it closes it. */
export async function startChromium() {
  const executablePath = await findChromium();
  if (!executablePath) throw new Error(noChromiumMessage);
  return chromium.launch({ executablePath, args: chromiumArguments, timeout: startMilliseconds });
}

/**
 * Serves a folder, opens one of its pages, and gives what that prints.
 *
 * @param {import('playwright').Browser} browser
 * @param {object} page
 * @param {string} page.folder What is served.
 * @param {string} page.file Path of the page in it.
 * @param {string} [page.html] The page's text, if the folder has no such file.
 * @param {number} page.lines How many lines to wait for.
 * @returns {Promise<string[]>} What went to console.log.
 * @throws Error if the page fails, or prints fewer lines.
 */
export async function printedByPage(browser, { folder, file, html, lines }) {
  const serve = sirv(folder, { dev: true });
  const server = createServer((request, response) => serve(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  try {
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    const url = `http://127.0.0.1:${server.address().port}/${file}`;
    if (html !== undefined)
      await page.route(url, (route) => route.fulfill({ body: html, contentType: 'text/html' }));
    const [printed] = await Promise.all([printedLines(page, lines), page.goto(url)]);
    return printed;
  } finally {
    await page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function printedLines(page, lines) {
  const printed = [];
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`the page printed only ${JSON.stringify(printed)}`));
    const timer = setTimeout(late, PATIENCE_MILLISECONDS);
    page.once('close', () => clearTimeout(timer));
    page.on('pageerror', reject);
    page.on('console', (message) => {
      if (message.type() === 'error') reject(new Error(`${message.text()} (${message.location().url})`));
      if (message.type() === 'log') printed.push(message.text());
      if (printed.length >= lines) resolve(printed);
    });
  });
}
