/**
 * Takes the screenshots of docs/lab.md, after `npm run build`:
 *
 *     node apps/lab/scripts/screenshots.mjs
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromiumArguments, findChromium, noChromiumMessage } from '@bn/tooling/browser';
import { chromium } from 'playwright';
import { defaultFolder } from '../tools/build.mjs';
import { serveLab } from '../tools/serve.mjs';

const folder = fileURLToPath(new URL('../../../docs/lab/', import.meta.url));
const wide = { viewport: { width: 1280, height: 860 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Ten epochs of the committed images, twice. */
const patience = 300_000;

const executablePath = await findChromium();
if (executablePath === undefined) throw new Error(noChromiumMessage);
await mkdir(folder, { recursive: true });
const server = await serveLab({ folder: defaultFolder });
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  await shoot(wide, async (page, take) => {
    await compare(page, 'Epochs', 'Compare batch norm with none', '6');
    await page.locator('#runs .buttons button[aria-label^="Inspect batch norm"]').click();
    await page.locator('#images li').first().waitFor();
    await page.locator('#curves .u-over').first().hover();
    await page.locator('#curves .readout').waitFor();
    await take('light');
    await page.locator('#layers').evaluate((element) => element.scrollIntoView());
    await take('layers');
  });
  await shoot({ ...wide, colorScheme: 'dark' }, async (page, take) => {
    await page.locator('#new-run').getByLabel('Batch size').fill('64');
    await page.locator('#new-run button[type=submit]').click();
    for (const name of ['cpu', 'wasm']) {
      await trained(page, name === 'cpu' ? 0.4 : 0.01);
      await page.locator('#backend').getByRole('radio', { name }).click();
    }
    await trained(page, 2);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.locator('#status [data-status=paused]').waitFor();
    await take('dark');
  });
  await shoot({ ...phone, locale: 'zh-CN' }, async (page, take) => {
    await page.locator('#new-run').getByLabel('轮数').fill('2');
    await page.locator('#new-run button[type=submit]').click();
    await page.locator('#status [data-status=finished]').waitFor({ timeout: patience });
    await page.locator('#status').evaluate((element) => element.scrollIntoView());
    await take('phone-chinese');
  });
} finally {
  await browser.close();
  await server.close();
}

/** Opens the page in a window of its own and takes pictures of it. */
async function shoot(options, act) {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(server.url);
  await page.locator('#new-run button[type=submit]:enabled').waitFor();
  await act(page, async (name) => {
    await page.screenshot({ path: `${folder}${name}.png` });
    console.log(`wrote ${folder}${name}.png`);
  });
  await context.close();
}

async function compare(page, epochsLabel, buttonName, epochs) {
  await page.locator('#new-run').getByLabel(epochsLabel).fill(epochs);
  await page.getByRole('button', { name: buttonName }).click();
  await page.waitForFunction(
    () => document.querySelectorAll('#runs [data-status=finished]').length === 2,
    undefined,
    { timeout: patience },
  );
}

/** Waits until the run in hand has gone on by so many epochs. */
async function trained(page, epochs) {
  const value = () => page.locator('#status progress').evaluate((element) => element.value);
  await page.locator('#status progress').waitFor();
  const before = await value();
  while ((await value()) <= before + epochs) await page.waitForTimeout(100);
}
