/**
 * Takes the screenshots of docs/lab.md, after `npm run build`:
 *
 *     node apps/lab/scripts/screenshots.mjs
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { allFinished, drawn, trained, withLab } from './lab.mjs';

const folder = fileURLToPath(new URL('../../../docs/lab/', import.meta.url));
const wide = { viewport: { width: 1280, height: 860 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

await mkdir(folder, { recursive: true });
await withLab(async (open) => {
  await shoot(open, wide, async (page, take) => {
    await compare(page, 'Epochs', 'Compare batch norm with none', '6');
    await page.locator('#runs .buttons button[aria-label^="Inspect batch norm"]').click();
    await page.locator('#images li').first().waitFor();
    await scrollTo(page, '#status');
    await page.locator('#curves .u-over').first().hover();
    await page.locator('#curves .readout').waitFor();
    await take('light');
    await scrollTo(page, '#layers');
    await take('layers');
    await page.locator('#first-layers').scrollIntoViewIfNeeded();
    await page.locator('#first-layers .maps').first().waitFor();
    await take('filters', '#first-layers');
    // Shirts that are taken for T-shirts.
    await page.locator('#confusion [data-cell="6 0"]').click();
    await page.mouse.move(0, 0);
    await take('confusion', '#confusion');
  });
  await shoot(open, { ...wide, colorScheme: 'dark' }, async (page, take) => {
    await page.locator('#new-run').getByLabel('Batch size').fill('64');
    await page.locator('#new-run button[type=submit]').click();
    for (const name of ['cpu', 'wasm']) {
      await trained(page, name === 'cpu' ? 0.4 : 0.01);
      await page.locator('#backend').getByRole('radio', { name }).click();
    }
    await trained(page, 2);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.locator('#status [data-status=paused]').waitFor();
    await scrollTo(page, '#status');
    await take('dark');
  });
  await shoot(open, { ...phone, locale: 'zh-CN' }, async (page, take) => {
    await page.locator('#new-run').getByLabel('轮数').fill('2');
    await page.locator('#new-run button[type=submit]').click();
    await page.locator('#status [data-status=finished]').waitFor();
    await scrollTo(page, '#status');
    await take('phone-chinese');
  });
});

/** Opens the page in a window of its own and takes pictures of it. */
async function shoot(open, options, act) {
  const page = await open(options);
  await act(page, async (name, part) => {
    const path = `${folder}${name}.png`;
    await drawn(page);
    await (part ? page.locator(part) : page).screenshot({ path });
    console.log(`wrote ${path}`);
  });
  await page.context().close();
}

async function scrollTo(page, part) {
  await page.locator(part).evaluate((element) => element.scrollIntoView());
}

async function compare(page, epochsLabel, buttonName, epochs) {
  await page.locator('#new-run').getByLabel(epochsLabel).fill(epochs);
  await page.getByRole('button', { name: buttonName }).click();
  await page.locator('#runs .run').nth(1).waitFor();
  await allFinished(page);
}
