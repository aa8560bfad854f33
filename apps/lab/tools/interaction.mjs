/**
 * Measures how fast the page answers while a run trains: five runs with their curves in sight, one of them in training, and a
 * person who ticks, types and points. Prints, for the events that took 16 ms or more, the milliseconds until the page had handled
 * them and until the frame that shows their effect, and the tasks that kept the page's thread longer than 50 ms. If the browser
 * draws in software, as without a graphics card, frames wait for the processor that training uses.
 *
 *     npm run build && node apps/lab/tools/interaction.mjs
 */
import { chromiumArguments, findChromium, noChromiumMessage } from '@bn/tooling/browser';
import { chromium } from 'playwright';
import { defaultFolder } from './build.mjs';
import { serveLab } from './serve.mjs';

/** Rounds of inputs, about half a second each. */
const rounds = 20;
const comparison = '?norm=batch,layer,group,instance,none&batchSize=256&epochs=2';

const executablePath = await findChromium();
if (executablePath === undefined) throw new Error(noChromiumMessage);
const server = await serveLab({ folder: defaultFolder });
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(server.url + comparison);
  const submit = page.locator('#new-run button[type=submit]:enabled');
  await submit.click();
  await page.waitForFunction(
    () => document.querySelectorAll('#runs [data-status=finished]').length === 5,
    undefined,
    { timeout: 60_000 },
  );
  const epochs = page.locator('#new-run').getByLabel('Epochs');
  await epochs.fill('900');
  await page.getByRole('button', { name: 'Compare batch norm with none' }).click();
  await page.locator('#status [data-status=training]').waitFor();
  await page.evaluate(() => {
    globalThis.measured = { events: [], tasks: [] };
    new PerformanceObserver((list) => {
      for (const { duration, startTime, processingEnd } of list.getEntries())
        globalThis.measured.events.push({ duration, handled: processingEnd - startTime });
    }).observe({ type: 'event', durationThreshold: 16 });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.measured.tasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  const shown = page.locator('#runs').getByRole('checkbox').first();
  const curve = page.locator('#curves .u-over').first();
  const { x, y } = await curve.boundingBox();
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    await shown.click({ force: true });
    await epochs.press('End');
    await epochs.press(round % 2 ? '1' : 'Backspace');
    await page.mouse.move(x + 20 + 4 * round, y + 60);
    await page.waitForTimeout(200);
  }
  const seconds = (performance.now() - start) / 1000;
  const { events, tasks } = await page.evaluate(() => globalThis.measured);
  console.log(
    `${rounds} clicks, ${2 * rounds} keys and ${rounds} moves of the pointer in ${seconds.toFixed(1)} s`,
  );
  console.log(`until an event was handled:       ${summary(events.map(({ handled }) => handled))}`);
  console.log(`until the frame after it:         ${summary(events.map(({ duration }) => duration))}`);
  console.log(`tasks longer than 50 ms:          ${summary(tasks)}`);
} finally {
  await browser.close();
  await server.close();
}

function summary(milliseconds) {
  if (milliseconds.length === 0) return 'none';
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `${sorted.length}, median ${Math.round(median)} ms, longest ${Math.round(sorted.at(-1))} ms`;
}
