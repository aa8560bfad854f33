/** Contenders as pages in Chromium. */
import { rmSync } from 'node:fs';
import { findChromium, isolationHeaders } from '@bn/tooling/browser';
import { type Browser, startChromium } from '@bn/tooling/page';
import { policyForTfjs, serveFolder } from '@bn/tooling/serve';
import type { Attempt } from './attempts.js';
import { parse } from './lines.js';
import { makePageFolder } from './pageFolder.js';

/** How long a page may take to start, and for a task: software renders here, and compiles many programs. */
const patienceMilliseconds = 180_000;

export interface Pages {
  /** The browser's. */
  readonly version: string;
  readonly attempt: Attempt;
  close(): Promise<void>;
}

/** The pages, or what is missing for them. */
export async function findPages(): Promise<Pages | { readonly missing: string }> {
  try {
    if (await findChromium()) return await openPages();
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
  return { missing: noBrowser };
}

const noBrowser =
  'no Chromium or Chrome was found; node tooling/browser.mjs installs one, and BN_CHROMIUM can name one that is elsewhere';

/**
 * Pages share a browser, until one fails: the next attempt gets a new browser, with devices that nothing has happened to.
 *
 * @throws Error if there is no Chromium
 */
export async function openPages(): Promise<Pages> {
  let browser = await startChromium();
  const folder = await makePageFolder();
  // onnxruntime-web makes functions out of text.
  const policy = () => policyForTfjs("'unsafe-eval'");
  const server = await serveFolder({ folder, port: 0, policy, headers: isolationHeaders });
  return {
    version: browser.version(),
    async attempt(...parameters) {
      if (!browser.isConnected()) browser = await startChromium();
      const failure = await inPage(browser, server.url, ...parameters);
      if (failure !== undefined) await browser.close();
      return failure;
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function inPage(
  browser: Browser,
  url: string,
  ...[contender, tasks, line]: Parameters<Attempt>
): Promise<string | undefined> {
  const page = await browser.newPage();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const late = () => resolve(`no answer within ${patienceMilliseconds / 1000} s`);
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(late, patienceMilliseconds);
      };
      wait();
      page.on('crash', () => resolve('the page crashed'));
      page.on('pageerror', ({ message }) => resolve(message));
      browser.on('disconnected', () => resolve('the browser ended'));
      const printLine = (text: string) => {
        wait();
        line(parse(text)!);
      };
      const address = `${url}#${encodeURIComponent(JSON.stringify([contender, tasks]))}`;
      Promise.all([
        page.exposeFunction('printLine', printLine),
        page.exposeFunction('ended', (failure?: string | null) => resolve(failure ?? undefined)),
      ])
        .then(() => page.goto(address))
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await page.close().catch(() => {});
  }
}
