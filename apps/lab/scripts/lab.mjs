/** The built page in Chromium, for scripts that take pictures of it. */
import { chromiumArguments, findChromium, noChromiumMessage } from '@bn/tooling/browser';
import { chromium } from 'playwright';
import { defaultFolder } from '../tools/build.mjs';
import { serveLab } from '../tools/serve.mjs';

/** Some epochs of the committed images, for several runs. */
export const patience = 300_000;

/**
 * Serves the page for as long as `act` takes.
 *
 * @param {(open: (options?: object, query?: string) => Promise<import('playwright').Page>) => Promise<void>} act
 */
export async function withLab(act) {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error(noChromiumMessage);
  const server = await serveLab({ folder: defaultFolder });
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    await act(async (options = {}, query = '') => {
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      await page.goto(server.url + query);
      await page.locator('#new-run button[type=submit]:enabled').waitFor();
      return page;
    });
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Waits until the run in hand has gone on by so many epochs. */
export async function trained(page, epochs) {
  const value = () => page.locator('#status progress').evaluate((element) => element.value);
  await page.locator('#status progress').waitFor();
  const before = await value();
  while ((await value()) <= before + epochs) await page.waitForTimeout(100);
}

/** Waits until plots are drawn, those out of sight as well, which otherwise take turns. */
export const drawn = (page) =>
  page.evaluate(() => {
    dispatchEvent(new Event('beforeprint'));
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });

/** Waits until all runs have finished. */
export const allFinished = (page) =>
  page.waitForFunction(() => {
    const all = document.querySelectorAll('#runs .run').length;
    return all > 0 && document.querySelectorAll('#runs [data-status=finished]').length === all;
  });
