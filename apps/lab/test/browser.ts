/** The built page in Chromium, and the gestures that its tests share. */
import { chromiumArguments, findChromium, noChromiumMessage, startMilliseconds } from '@bn/tooling/browser';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import { defaultFolder } from '../tools/build.mjs';
import { serveLab } from '../tools/serve.mjs';

/** Far beyond what it takes: on a busy machine a step on a software GPU alone may take a minute. */
const patience = { testTimeout: 240_000, hookTimeout: 120_000 };
const timeout = 100_000;

/** Neither a graphics card nor its software stand-in. */
const withoutGraphics = ['--disable-gpu', '--disable-software-rasterizer'];

interface Lab {
  /** A new visitor's page, with all that went wrong in it. */
  open(options?: VisitOptions): Promise<Visit>;
}

interface VisitOptions extends NonNullable<Parameters<Browser['newContext']>[0]> {
  /** Runs in each page before its own code. */
  readonly beforeLoad?: () => void;
}

interface Visit {
  readonly page: Page;
  readonly faults: string[];
  /** Opens the page in another tab of the same browser. */
  readonly openTab: () => Promise<Page>;
}

/** Serves the page and starts Chromium for the tests of a file. */
export function useLab(options: { headers?: Record<string, string>; webgl?: boolean } = {}): Lab {
  vi.setConfig(patience);
  let server: Awaited<ReturnType<typeof serveLab>> | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = await findChromium();
    if (executablePath === undefined) throw new Error(noChromiumMessage);
    server = await serveLab({ folder: defaultFolder, ...(options.headers && { headers: options.headers }) });
    browser = await chromium.launch({
      executablePath,
      timeout: startMilliseconds,
      ...(options.webgl === false
        ? { args: withoutGraphics, ignoreDefaultArgs: ['--enable-unsafe-swiftshader'] }
        : { args: [...chromiumArguments] }),
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    async open({ beforeLoad, ...contextOptions } = {}) {
      const context: BrowserContext = await browser!.newContext({
        locale: 'en-GB',
        viewport: { width: 1280, height: 900 },
        ...contextOptions,
      });
      onTestFinished(() => context.close());
      if (beforeLoad) await context.addInitScript(beforeLoad);
      const faults: string[] = [];
      const openTab = async () => {
        const page = await context.newPage();
        page.setDefaultTimeout(timeout);
        page.on('pageerror', (error) => faults.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error') faults.push(message.text());
        });
        await page.goto(server!.url);
        await ready(page);
        return page;
      };
      return { page: await openTab(), faults, openTab };
    },
  };
}

/** Waits until a run can be started. */
export const ready = (page: Page): Promise<void> =>
  page.locator('#new-run button[type=submit]:enabled').waitFor({ timeout });

/** Starts a run by the form. */
export async function start(page: Page, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [label, value] of Object.entries(settings)) {
    const field = page.locator('#new-run').getByLabel(label);
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
  const runs = page.locator('#runs .run');
  const before = await runs.count();
  await button(page, 'Start training').click();
  await page.locator(`#runs .run:nth-child(${before + 1})[aria-current]`).waitFor();
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

interface ChosenFile {
  readonly name: string;
  readonly mimeType?: string;
  readonly buffer: Buffer;
}

/** An expectation that is met sooner or later. */
export const eventually = <T>(value: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(value, { timeout });

/**
 * The same of a panel that works in sight only: panels above it grow when their first answers come, and may move it away at
 * any time.
 */
export const eventuallyInSight = <T>(
  panel: Locator,
  value: () => Promise<T>,
): ReturnType<typeof eventually<Promise<T>>> =>
  eventually(async () => {
    await panel.locator('h2').scrollIntoViewIfNeeded();
    return value();
  });

/** Answers the browser's choice of files that the button with this label opens. */
export const chooseFiles = (page: Page, label: string, files: readonly ChosenFile[]): Promise<void> =>
  page
    .locator(`input[type=file][aria-label="${label}"]`)
    .setInputFiles(files.map((file) => ({ mimeType: 'application/octet-stream', ...file })));

/** What the page has to tell. */
export const notices = (page: Page, tone: 'alert' | 'status'): Promise<string | null> =>
  page.locator(`.notices [role=${tone}]`).textContent();

/** What the page says of the run in hand. */
export const figure = async (page: Page, label: string): Promise<number> => {
  const text = await page.locator('#status dl > div', { hasText: label }).locator('dd').textContent();
  return Number.parseFloat(text!.replaceAll(/\s/g, ''));
};

export const status = (page: Page) => page.locator('#status [data-status]');

/** Waits for a status of the run in hand. */
export const reaches = (page: Page, text: string): Promise<void> =>
  eventually(() => status(page).textContent()).toBe(text);

/** Epochs seen by the run in hand. */
export const progress = (page: Page): Promise<number> =>
  page.locator('#status progress').evaluate((element) => (element as HTMLProgressElement).value);

/** Waits until training has gone on by so many epochs. */
export async function goesOnBy(page: Page, epochs: number): Promise<void> {
  const before = await progress(page);
  await eventually(() => progress(page)).toBeGreaterThan(before + epochs);
}

/** The runs as the browser stores them. */
export const storedRuns = (page: Page): Promise<StoredRun[]> =>
  page.evaluate(
    () =>
      new Promise<StoredRun[]>((resolve, reject) => {
        const opening = indexedDB.open('lenet-lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('runs').objectStore('runs').getAll();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result);
          };
        };
      }),
  );

interface StoredRun {
  readonly status: string;
  readonly at: number;
  readonly history: { trainLoss: number; testAccuracy: number }[];
  readonly points: { at: number; loss: number }[];
  readonly swaps: { at: number; from: string; to: string }[];
}
