/** `bench web`: the page in a person's browser, or driven in a Chromium without a window. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chromiumArguments, findOrInstallChromium, noChromiumMessage } from '@bn/tooling/browser';
import open from 'open';
import { chromium, type Page } from 'playwright';
import { UsageError } from '../errors.js';
import { shapeText } from '../grid/shapes.js';
import type { Progress } from '../measuring/plan.js';
import type { BenchResult } from '../results/result.js';
import { currentBuild } from './build.js';
import type { RunOptions } from './options.js';
import { ProgressBar } from './progress.js';
import { readResult, resultWriter } from './resultFile.js';
import { defaultOut, finish } from './runCommand.js';
import { serve } from './server.js';

/** What is filled into the page's form, and what becomes of the page. */
export interface WebOptions extends Partial<RunOptions> {
  readonly headless: boolean;
  readonly open: boolean;
  readonly port: number;
}

export async function webCommand(options: WebOptions, command: string, signal: AbortSignal): Promise<void> {
  const server = await serve(options.port);
  const build = await currentBuild();
  const address = `${server.url}?${queryOf(options, command, build)}`;
  try {
    if (options.headless) {
      await driven(address, options, build, signal);
      return;
    }
    console.log(`${address}\nCtrl-C ends the server.`);
    if (options.open) await open(address);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await server.close();
  }
}

/** The options as the page's form takes them from its address. */
function queryOf(options: WebOptions, command: string, build: string): URLSearchParams {
  const query = new URLSearchParams({ command, build });
  const lists = {
    ...options,
    shapes: options.shapes?.map((shape) => (typeof shape === 'string' ? shape : shapeText(shape))),
  };
  for (const name of filledIn) {
    if (lists[name] !== undefined) query.set(name, String(lists[name]));
  }
  if (options.headless) query.set('start', '');
  return query;
}

const filledIn = [
  ...(['operations', 'shapes', 'phases', 'dataFormats', 'backends', 'threads', 'peers'] as const),
  ...(['rounds', 'largeRounds', 'processes', 'budget', 'longestRun'] as const),
];

/** Runs the page from start to end, and writes what it measures as it comes. */
async function driven(
  address: string,
  { out = defaultOut(), resume }: WebOptions,
  build: string,
  signal: AbortSignal,
): Promise<void> {
  const earlier = resume && existsSync(out) ? await readResult(out) : undefined;
  const executablePath = await findOrInstallChromium();
  if (!executablePath) throw new UsageError(noChromiumMessage);
  const browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
  try {
    const page = await browser.newPage();
    if (earlier?.build === build) {
      await page.addInitScript((result) => {
        Object.assign(globalThis, { benchEarlier: result });
      }, earlier);
    }
    const result = await observed(page, address, out, signal);
    await finish(result, out);
  } finally {
    await browser.close();
  }
}

/** The page's last result. Ctrl-C presses its stop button. */
async function observed(page: Page, address: string, out: string, signal: AbortSignal): Promise<BenchResult> {
  const bar = new ProgressBar();
  const write = resultWriter(out);
  let latest: BenchResult | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    page.on('crash', () => resolve());
    page.on('pageerror', reject);
    signal.addEventListener('abort', () => void page.click('#stop').catch(() => resolve()), { once: true });
    const observer = async (result: BenchResult, progress?: Progress) => {
      latest = result;
      if (progress) bar.update(progress);
      // Thrown into the page, an error would come back as the page's.
      if (result.state === 'running') await write(result).catch(reject);
      else resolve();
    };
    page
      .exposeFunction('benchObserver', observer)
      .then(() => page.goto(address))
      .then(() => refusal(page))
      .then((message) => reject(new UsageError(message)), reject);
  });
  await ended.finally(() => bar.stop());
  if (!latest) throw new Error('the page ended before it had measured anything');
  return latest;
}

/** What the page has to say against its options; never settles if it has nothing. */
async function refusal(page: Page): Promise<string> {
  const text = await page.waitForFunction(() => document.getElementById('error')!.textContent, undefined, {
    timeout: 0,
  });
  return String(await text.jsonValue());
}
