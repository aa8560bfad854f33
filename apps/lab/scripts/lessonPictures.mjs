/**
 * Takes pictures of the whole page after each lesson, to be looked at: at the widths of a phone, a tablet and a desktop, light and
 * dark, in English and Chinese, in parts from the top down. The last is no lesson but a comparison of five runs. Fails if a page is
 * wider than its window, and says what reaches out of it. Prints the epochs of each run, which the lesson tells of.
 * After `npm run build`:
 *
 *     node apps/lab/scripts/lessonPictures.mjs [lesson ...]
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { allFinished, drawn, trained, withLab } from './lab.mjs';

const folder = fileURLToPath(new URL('../reports/lessons/', import.meta.url));
const five = 'norm=batch,layer,group,instance,none&batchSize=256&epochs=2';
const lessons = {
  none: 'Without normalization',
  pairs: 'Batches of two',
  group: 'Group norm where batch norm fails',
  rate: 'Nine times the learning rate',
  after: 'After the activation',
  lag: 'Statistics that lag behind',
  swap: 'Swap the backend',
};
/** Chromium repeats a picture of more than 8192 pixels from there on. */
const height = 4000;
const names = [...Object.keys(lessons), 'five'];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`expected some of ${names.join(', ')}, got ${unknown}`);

await mkdir(folder, { recursive: true });
await withLab(async (open) => {
  for (const name of chosen) {
    const page = await open({}, name === 'five' ? `?${five}` : '');
    if (name === 'five') await page.locator('#new-run button[type=submit]').click();
    else await train(page, name);
    await allFinished(page);
    console.log(`${name}\n${await epochs(page)}`);
    await page.getByRole('button', { name: 'Take a test image' }).click();
    await page.locator('#draw .answer').waitFor();
    for (const language of ['en', 'zh']) {
      if (language === 'zh') await page.getByRole('button', { name: '中文' }).click();
      for (const theme of ['light', 'dark']) {
        await page.locator('.head-choices select').selectOption(theme);
        for (const width of [390, 820, 1280]) await take(page, { name, width, theme, language });
      }
    }
    await page.context().close();
  }
});

async function train(page, name) {
  await page.getByRole('link', { name: lessons[name] }).click();
  await page.locator('.lesson .primary').click();
  if (name !== 'swap') return;
  await trained(page, 1);
  await page.locator('#backend').getByRole('radio', { name: 'cpu' }).click();
  await trained(page, 0.05);
  await page.locator('#backend').getByRole('radio', { name: 'wasm' }).click();
}

/** The rows of the table of epochs. */
async function epochs(page) {
  const summary = page.locator('#curves summary');
  await summary.click();
  const rows = await page.locator('#curves table tr').allInnerTexts();
  await summary.click();
  return rows.join('\n');
}

/** The whole page, with the values at a place of the first curve. */
async function take(page, { name, width, theme, language }) {
  await page.setViewportSize({ width, height });
  await page.locator('#curves .plot-frame').first().focus();
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowRight');
  await page.locator('#curves .readout').waitFor();
  const picture = `${name}-${width}-${theme}-${language}`;
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let part = 0; part * height < whole; part++) {
    await page.evaluate((top) => scrollTo(0, top), part * height);
    await drawn(page);
    await filtersShown(page);
    const file = `${folder}${picture}-${part + 1}.png`;
    await page.screenshot({ path: file });
    console.log(`wrote ${file}`);
  }
  const tooWide = await page.evaluate(reachingOut);
  if (tooWide.length === 0) return;
  console.error(`${picture}: wider than its window: ${tooWide.join(', ')}`);
  process.exitCode = 1;
}

/** Filters are asked for when they come into sight. */
async function filtersShown(page) {
  const filters = page.locator('#first-layers');
  if ((await filters.boundingBox()).y < height) await filters.locator('.maps').first().waitFor();
}

/** In the page: the elements that end right of the window, if the page can be scrolled there. */
function reachingOut() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth)
    .map(({ tagName, id, className }) => `${tagName.toLowerCase()}#${id}.${className}`);
}
