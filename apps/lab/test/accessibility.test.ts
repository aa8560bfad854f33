/** The page for everybody: by keyboard, for screen readers, in both themes and languages, on a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { button, eventually, eventuallyInSight, figure, reaches, ready, start, useLab } from './browser.js';

const lab = useLab();
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds fault with: the rule and the elements. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('axe finds nothing, in light and dark, before and after a run', async () => {
  // Without motion no colour is on its way to another.
  const { page } = await lab.open({ reducedMotion: 'reduce' });
  expect(await violations(page)).toEqual([]);
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await page.locator('#images li').first().waitFor();
  await button(page, 'Take a test image').click();
  await page.locator('#draw .answer').waitFor();
  await page.locator('#curves summary').click();
  await page.locator('#new-run summary').click();
  for (const name of ['layer norm', 'group norm', 'instance norm', 'after the activation'])
    await page.locator('#new-run').getByRole('checkbox', { name }).check();
  await page.locator('#new-run .fault', { hasText: 'These are 8 runs' }).waitFor();
  await showsConfusedImages(page);
  await showsFirstLayers(page);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Theme').selectOption('dark');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.locator('#curves').getByRole('group', { name: 'arrow keys' }).first().focus();
  // The new theme has the plot drawn anew, and until then it has no values to read.
  await eventually(async () => {
    await page.keyboard.press('ArrowRight');
    return page.locator('#curves .readout').count();
  }).toBe(1);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove batch norm' }).click();
  await button(page, 'Undo').waitFor();
  expect(await violations(page)).toEqual([]);
});

/** The confusion matrix has the run's accuracy, and by keyboard the images that a cell counts. */
async function showsConfusedImages(page: Page): Promise<void> {
  const confusion = page.locator('#confusion');
  const accuracy = await figure(page, 'Test accuracy');
  expect(await confusion.textContent()).toContain(
    `Test accuracy ${accuracy.toFixed(1)}% on 1,000 test images`,
  );
  await confusion.locator('td button').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await eventually(() => confusion.locator('h3').textContent()).toBe('T-shirt/top, predicted pullover');
  const cell = confusion.locator('td button:focus');
  const count = await cell.locator('span').nth(1).textContent();
  await eventually(() => confusion.locator('li').count()).toBe(Math.min(12, Number(count)));
  await page.keyboard.press('Enter');
  await eventually(() => cell.getAttribute('aria-pressed')).toBe('true');
  await confusion.locator('td button').first().hover();
  expect(await confusion.locator('h3').textContent()).toBe('T-shirt/top, predicted pullover');
}

/** Filters, and the feature maps of the image whose number is typed. */
async function showsFirstLayers(page: Page): Promise<void> {
  const panel = page.locator('#first-layers');
  await panel.getByLabel('Test image').fill('7');
  const looksAt = () => panel.locator('figcaption').textContent();
  await eventuallyInSight(panel, looksAt).toMatch(/^no\. 7: /);
  const sizes = (layer: string) =>
    panel
      .locator(`.maps.${layer} canvas`)
      .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).width));
  expect(await sizes('conv1')).toEqual([...Array(6).fill(5), ...Array(6).fill(24)]);
  expect(await sizes('conv2')).toEqual(Array(16).fill(8));
  await panel.getByLabel('Your drawing instead').check();
  await eventuallyInSight(panel, looksAt).toBe('your drawing');
  await button(page, 'Next image').click();
  await eventuallyInSight(panel, looksAt).toMatch(/^no\. 0: /);
}

test('a Chinese browser gets the page in Chinese, in every corner of it', async () => {
  const { page } = await lab.open({ locale: 'zh-CN', colorScheme: 'dark' });
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(await page.title()).toBe('LeNet 实验室');
  await page.locator('#new-run').getByLabel('轮数').fill('1');
  await button(page, '开始训练').click();
  await reaches(page, '已完成');
  await page.locator('#images li').first().waitFor();
  await button(page, '取一张测试图像').click();
  await page.locator('#draw .answer').waitFor();
  const firstLayers = page.locator('#first-layers');
  await eventuallyInSight(firstLayers, () => firstLayers.locator('.maps').count()).toBeGreaterThan(0);
  const text = (await page.locator('main').allInnerTexts())
    .join()
    .replaceAll(/Fashion-MNIST|MNIST|WebAssembly|JavaScript/g, '');
  const english = text.match(/[A-Za-z]{3,}/g) ?? [];
  const names = [
    'wasm',
    'webgl',
    'webgpu',
    'cpu',
    'SIMD',
    'sigmoid',
    'gamma',
    'beta',
    'epsilon',
    'IDX',
    'gzip',
    'safetensors',
    'PNG',
    'Delete',
    'SwiftShader',
    'Esc',
    'CSV',
  ];
  expect(english.filter((word) => !names.includes(word))).toEqual([]);
  await button(page, 'English').click();
  await eventually(() => page.locator('html').getAttribute('lang')).toBe('en');
  await page.reload();
  await ready(page);
  expect(await page.title()).toBe('LeNet lab');
});

test('a run is started and paused by keyboard alone, with the focus in sight', async () => {
  const { page } = await lab.open();
  const epochs = page.locator('#new-run').getByLabel('Epochs');
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    // The field's contents are selected then. So many epochs that none is through before it is paused.
    if (await epochs.evaluate((element) => element === document.activeElement))
      await page.keyboard.type('900');
    if (await button(page, 'Start training').evaluate((element) => element === document.activeElement)) break;
  }
  const outline = await button(page, 'Start training').evaluate(
    (element) => getComputedStyle(element).outlineStyle,
  );
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await reaches(page, 'training');
  await button(page, 'Pause').focus();
  await page.keyboard.press('Space');
  await reaches(page, 'paused');
});

test('on a phone nothing is cut off', async () => {
  const { page } = await lab.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  expect(await overflow(page)).toBe(0);
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await page.locator('#images li').first().waitFor();
  expect(await overflow(page)).toBe(0);
});

test('at 390, 820 and 1280 px the table of epochs scrolls in its place', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  const panel = page.locator('#curves');
  const table = page.locator('#curves table');
  for (const width of [390, 820, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const before = await panel.boundingBox();
    await page.locator('#curves summary').click();
    await table.waitFor();
    expect(await overflow(page)).toBe(0);
    const after = await panel.boundingBox();
    expect([after!.x, after!.width]).toEqual([before!.x, before!.width]);
    const inner = await page.locator('#curves .scroll').boundingBox();
    expect(inner!.x + inner!.width).toBeLessThanOrEqual(after!.x + after!.width);
    await page.locator('#curves summary').click();
    await table.waitFor({ state: 'hidden' });
  }
});

test('on a phone a run that is started comes into view, and so does what went wrong', async () => {
  const { page } = await lab.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await start(page, { Epochs: '900' });
  const inView = (selector: string) =>
    page.locator(selector).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  await eventually(() => inView('#status')).toBe(true);
  await button(page, 'Stop').click();
  await reaches(page, 'stopped');
  const file = { name: 'notes.safetensors', mimeType: 'text/plain', buffer: Buffer.from('hello world') };
  await page.locator('input[type=file][accept=".safetensors"]').setInputFiles([file]);
  await eventually(() => inView('.notice')).toBe(true);
});

test('a software renderer is not called a graphics card', async () => {
  const { page } = await lab.open();
  const backends = page.locator('#backend .choice');
  for (const name of ['webgl', 'webgpu']) {
    const text = await backends.filter({ has: page.getByRole('radio', { name }) }).textContent();
    expect(text).toMatch(/in software.*SwiftShader/i);
    expect(text).not.toContain('the graphics card');
  }
});
