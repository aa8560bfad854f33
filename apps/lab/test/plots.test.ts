/** The plots: what their labels, values, zoom and files are like. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { button, eventually, reaches, ready, start, storedRuns, useLab } from './browser.js';
import { cutOff, drawnLabels, noteLabels, overprinted } from './drawnLabels.js';

const lab = useLab();

test('at 390, 820 and 1280 px no label is cut off or over another, small values and large', async () => {
  const { page } = await lab.open({ beforeLoad: noteLabels });
  // Values that move by next to nothing, and values of hundreds.
  await start(page, { Epochs: '1', 'Learning rate': '0.0001' });
  await reaches(page, 'finished');
  await start(page, { Epochs: '1', 'Learning rate': '30', Normalization: 'none' });
  await eventually(() => page.locator('#layers .plot canvas').count()).toBeGreaterThan(3);
  await eventually(() => page.locator('#status [data-status]').textContent()).toMatch(/finished|diverged/);
  for (const width of [390, 820, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.reload();
    await ready(page);
    for (const name of ['Inspect batch norm', 'Inspect no norm']) {
      const look = page.locator(`#runs button[aria-label^="${name}"]`);
      if ((await look.count()) === 0) continue;
      await look.click();
      await page.locator('#layers .plot canvas').first().waitFor();
      await page.locator('#images li').first().waitFor();
      const drawn = await drawnLabels(page);
      expect(drawn.flatMap(({ labels }) => labels).length).toBeGreaterThan(30);
      expect(drawn.flatMap(cutOff)).toEqual([]);
      expect(drawn.flatMap(overprinted)).toEqual([]);
    }
  }
});

/** Puts values into the stored record of the only run, as another tab would. */
const storeIntoRun = (page: Page, values: object): Promise<void> =>
  page.evaluate(
    (changes) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('lenet-lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('runs', 'readwrite');
          const store = transaction.objectStore('runs');
          const reading = store.getAll();
          reading.onsuccess = () => store.put({ ...reading.result[0], ...changes });
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    values,
  );

const points = (losses: readonly number[]) =>
  losses.map((loss, index) => ({
    ...{ at: (index + 1) / losses.length, images: 600, loss },
    ...{ accuracy: 0.1 * index, examplesPerSecond: 1000 },
  }));

test('swaps at one place are named beside each other, not over each other', async () => {
  const { page } = await lab.open({ beforeLoad: noteLabels });
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  const places = [0.5, 0.5, 0.5, 0.51, 0.52, 0.97, 0.99, 1];
  await storeIntoRun(page, { swaps: places.map((at) => ({ at, from: 'wasm', to: 'webgl' })) });
  await page.reload();
  await ready(page);
  await page.locator('#curves canvas').first().waitFor();
  const drawn = await drawnLabels(page);
  const names = drawn.map(({ labels }) => labels.filter(({ text }) => text === 'webgl').length);
  expect(Math.max(...names)).toBe(places.length);
  expect(drawn.flatMap(overprinted)).toEqual([]);
  expect(drawn.flatMap(cutOff)).toEqual([]);
});

test('values are read with the pointer, also if it rests while the plot is made anew, and by keyboard, and the curves are zoomed together', async () => {
  const { page, faults } = await lab.open({ beforeLoad: noteLabels });
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await storeIntoRun(page, { points: points([4, 3, 2, 1]) });
  await page.reload();
  // With the run in hand, what is above the curves is as high as it will be.
  await reaches(page, 'finished');
  const frame = page.locator('#curves .plot-frame').first();
  const over = frame.locator('.u-over');
  const readout = frame.locator('.readout');
  await over.hover();
  await eventually(() => readout.textContent()).toMatch(/^0\.50 epochs3\.000, test \d\.\d{3}batch norm$/);
  // Other colours make the plot anew, below a pointer that rests.
  const before = await over.elementHandle();
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually(() => before!.evaluate((element) => element.isConnected)).toBe(false);
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  });
  expect(await readout.allTextContents()).toEqual([expect.stringMatching(/^0\.50 epochs3\.000/)]);
  // It wraps what is long, and covers no other plot.
  const [box, around] = [(await readout.boundingBox())!, (await frame.boundingBox())!];
  expect(box.x + box.width).toBeLessThanOrEqual(around.x + around.width);
  expect(await readout.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  const { x, y, width, height } = (await over.boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 0.6 * width, y + height / 2, { steps: 5 });
  await page.mouse.up();
  const all = button(page, 'Show all epochs');
  await eventually(() => all.isEnabled()).toBe(true);
  // From 0.2 to 0.6 of an epoch, in all three.
  const ticks = async () =>
    (await drawnLabels(page)).slice(0, 3).map(({ labels }) => labels.map(({ text }) => Number(text)));
  const zoomed = async () => (await ticks()).map((labels) => labels.includes(0.3) && !labels.includes(0.8));
  await eventually(zoomed).toEqual([true, true, true]);
  await page.mouse.move(0, 0);
  await eventually(() => readout.count()).toBe(0);
  await frame.focus();
  await page.keyboard.press('Escape');
  await eventually(() => all.isEnabled()).toBe(false);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await eventually(() => readout.textContent()).toContain('0.50 epochs');
  expect(await frame.locator('[role=status]').textContent()).toContain('batch norm: 3.000');
  await page.keyboard.press('+');
  await eventually(() => all.isEnabled()).toBe(true);
  const bars = page.locator('#layers .plot-frame').first();
  await bars.focus();
  await bars.locator('canvas').waitFor();
  await page.keyboard.press('ArrowRight');
  await eventually(() => bars.locator('.readout').textContent()).toMatch(
    /^from -?[\d.]+ to -?[\d.]+ ?[\d,]+ values$/,
  );
  expect(faults).toEqual([]);
});

test('a loss of 700 leaves room for others by its logarithm, smooth or not, also after a reload', async () => {
  const { page } = await lab.open({ beforeLoad: noteLabels });
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await storeIntoRun(page, { points: points([700, 2.3, 2.2, 2.1]) });
  await page.getByLabel('Loss by its logarithm').check();
  await page.getByLabel('Smoothing').selectOption('0.5');
  await page.reload();
  await ready(page);
  expect(await page.getByLabel('Smoothing').inputValue()).toBe('0.5');
  const labels = async () => (await drawnLabels(page))[0]!.labels.map(({ text }) => text);
  await eventually(labels).toEqual(expect.arrayContaining(['1', '10', '100', '1000']));
  // (0.5 * 0.5 * 700 + 0.5 * 2.3) / 0.75
  await page.locator('#curves .plot-frame').first().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await eventually(() => page.locator('#curves .readout').textContent()).toContain('234.867');
  await page.getByLabel('Loss by its logarithm').uncheck();
  await eventually(labels).toContain('0');
});

test('the curves are saved as a table and as a picture', async () => {
  const { page } = await lab.open();
  expect(await button(page, 'Save as CSV').isDisabled()).toBe(true);
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  const saved = async (name: string): Promise<Buffer> => {
    const downloading = page.waitForEvent('download');
    await button(page, name).click();
    return readFile(await (await downloading).path());
  };
  const [run] = await storedRuns(page);
  const rows = (await saved('Save as CSV')).toString().split('\n');
  expect(rows).toHaveLength(1 + run!.points.length + 1);
  expect(rows.at(-1)).toContain(`,test,1,`);
  const png = await saved('Save as PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  // Three plots of 220 pixels below each other, and the run's name.
  expect(png.readUInt32BE(20)).toBeGreaterThan(3 * 220);
});
