/** Plots out of sight, which wait with their drawing. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { button, eventually, reaches, start, useLab } from './browser.js';

const lab = useLab();

const canvases = (page: Page) => page.locator('.plot canvas');
/** A plot whose colours change gets another canvas when it is drawn. */
const outdated = (page: Page) => page.locator('.plot canvas[data-outdated]');

/** Marks all plots and changes their colours; how many there are. */
async function changeAllPlots(page: Page, colorScheme: 'light' | 'dark'): Promise<number> {
  const count = await canvases(page).evaluateAll((all) => {
    for (const canvas of all) canvas.setAttribute('data-outdated', '');
    return all.length;
  });
  await page.emulateMedia({ colorScheme });
  return count;
}

/** How many plots are out of date when the curves are not any more, seen by the page itself: others take their turns soon. */
const outdatedAfterCurves = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const curves = document.getElementById('curves')!;
        let wereOutdated = false;
        const observer = new MutationObserver(() => {
          const areOutdated = curves.querySelector('[data-outdated]') !== null;
          if (wereOutdated && !areOutdated) {
            observer.disconnect();
            resolve(document.querySelectorAll('[data-outdated]').length);
          }
          wereOutdated = areOutdated;
        });
        observer.observe(document.body, { attributes: true, childList: true, subtree: true });
      }),
  );

test('plots in sight are drawn at once, the others when scrolled to, in their turn, to be printed, or for a picture', async () => {
  const { page, faults } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await eventually(() => canvases(page).count()).toBeGreaterThan(20);
  await eventually(() => page.locator('.plot:not(:has(canvas))').count()).toBe(0);
  const curves = page.locator('#curves');
  await curves.evaluate((element) => element.scrollIntoView());

  const left = outdatedAfterCurves(page);
  const count = await changeAllPlots(page, 'dark');
  expect(await left).toBeGreaterThan(count / 2);
  const last = page.locator('#layers .plot').last();
  await last.evaluate((element) => element.scrollIntoView());
  await eventually(() => last.locator('[data-outdated]').count()).toBe(0);
  await eventually(() => outdated(page).count()).toBe(0);

  await changeAllPlots(page, 'light');
  await eventually(() => last.locator('[data-outdated]').count()).toBe(0);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await outdated(page).count()).toBe(0);

  await changeAllPlots(page, 'dark');
  await eventually(() => last.locator('[data-outdated]').count()).toBe(0);
  const download = page.waitForEvent('download');
  await button(page, 'Save as PNG').evaluate((element: HTMLElement) => element.click());
  await download;
  expect(await curves.locator('[data-outdated]').count()).toBe(0);
  expect(faults).toEqual([]);
});
