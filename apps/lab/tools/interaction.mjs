/**
 * Measures how fast the page answers while a run trains: the curves of six runs in sight, one of them in training, and a person who
 * ticks, points, reads values by keys and types. Prints for each kind of input the milliseconds until the page had handled it, and
 * until the frame that shows its effect; what takes less than 16 ms is not counted. Prints, too, which tasks kept the page's thread
 * longer than 50 ms.
 *
 *     npm run build && node apps/lab/tools/interaction.mjs
 *     node apps/lab/tools/interaction.mjs --swiftshader     # in a browser that draws by a graphics card in software
 *     node apps/lab/tools/interaction.mjs --paused          # while nothing trains, to compare
 */
import { parseArgs } from 'node:util';
import { chromiumArguments, findChromium, noChromiumMessage } from '@bn/tooling/browser';
import { median } from '@bn/tooling/median';
import { chromium } from 'playwright';
import { defaultFolder } from './build.mjs';
import { serveLab } from './serve.mjs';

/** Rounds of inputs, about a second each. */
const rounds = 12;
const comparison = '?norm=batch,layer,group,instance,none&batchSize=256&epochs=2';
/** Inputs by the events that they begin with. */
const kinds = {
  'ticks and clicks': ['pointerdown', 'pointerup', 'click'],
  keys: ['keydown', 'keyup'],
};

const { values: options } = parseArgs({
  options: { swiftshader: { type: 'boolean' }, paused: { type: 'boolean' } },
});
const executablePath = await findChromium();
if (executablePath === undefined) throw new Error(noChromiumMessage);
const server = await serveLab({ folder: defaultFolder });
const browser = await chromium.launch({
  executablePath,
  ...(options.swiftshader && { args: [...chromiumArguments] }),
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(server.url + comparison);
  await page.locator('#new-run button[type=submit]:enabled').click();
  await page.waitForFunction(
    () => document.querySelectorAll('#runs [data-status=finished]').length === 5,
    undefined,
    { timeout: 60_000 },
  );
  const epochs = page.locator('#new-run').getByLabel('Epochs');
  await epochs.fill('900');
  await page.getByRole('button', { name: 'Compare batch norm with none' }).click();
  await page.locator('#status [data-status=training]').waitFor();
  await page.waitForTimeout(3000);
  if (options.paused) await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.evaluate(observe);
  const start = performance.now();
  await besideTheCurves(page);
  await inTheForm(page, epochs);
  const seconds = (performance.now() - start) / 1000;
  const { events, tasks } = await page.evaluate(() => globalThis.measured);
  console.log(`${rounds} rounds of inputs in ${seconds.toFixed(1)} s`);
  for (const [kind, names] of Object.entries(kinds)) {
    const ofKind = events.filter(({ name }) => names.includes(name));
    console.log(`${kind}, until handled: ${summary(ofKind.map(({ handled }) => handled))}`);
    console.log(`${kind}, until the frame: ${summary(ofKind.map(({ duration }) => duration))}`);
  }
  console.log(`tasks longer than 50 ms: ${summary(tasks)}`);
} finally {
  await browser.close();
  await server.close();
}

/** Runs in the page. */
function observe() {
  globalThis.measured = { events: [], tasks: [] };
  new PerformanceObserver((list) => {
    for (const { name, duration, startTime, processingEnd } of list.getEntries())
      globalThis.measured.events.push({ name, duration, handled: processingEnd - startTime });
  }).observe({ type: 'event', durationThreshold: 16 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.measured.tasks.push(duration);
  }).observe({ type: 'longtask' });
}

async function besideTheCurves(page) {
  const shown = page.locator('#runs').getByRole('checkbox').last();
  await shown.evaluate((element) => element.scrollIntoView());
  const logarithmic = page.locator('#curves').getByRole('checkbox');
  for (let round = 0; round < rounds; round++) {
    await shown.click();
    await page.waitForTimeout(200);
    await logarithmic.click();
    await page.waitForTimeout(200);
    const { x, y } = await page.locator('#curves .u-over').first().boundingBox();
    for (const step of [1, 2, 3]) await page.mouse.move(x + 12 * round + 4 * step, y + 60);
    await page.locator('#curves .plot-frame').first().press('ArrowLeft');
    await page.waitForTimeout(200);
  }
}

async function inTheForm(page, epochs) {
  await epochs.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  for (let round = 0; round < rounds; round++) {
    await epochs.press(round % 2 ? '1' : 'Backspace');
    await page.waitForTimeout(200);
  }
}

function summary(milliseconds) {
  if (milliseconds.length === 0) return 'none';
  const [middle, longest] = [median(milliseconds), Math.max(...milliseconds)].map(Math.round);
  return `${milliseconds.length}, median ${middle} ms, longest ${longest} ms`;
}
