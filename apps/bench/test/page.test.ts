/** The built page in Chromium: start, progress, stop, export, and the same numbers on the page as in the file. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromiumArguments, findChromium, noChromiumMessage, startMilliseconds } from '@bn/tooling/browser';
import { median } from '@bn/tooling/median';
import type { Served } from '@bn/tooling/serve';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
// The page that is built is the one that is served.
import { serve } from '../dist/node/server.js';
import { readResult } from '../src/node/resultFile.js';
import type { BenchResult } from '../src/results/result.js';

/** Far beyond what it takes: each step waits for a thing that comes, however slow the machine. */
const patience = 100_000;

let browser: Browser;
let server: Served;
let page: Page;
let errors: Error[];
const folder = await temporaryFolder(afterAll);

beforeAll(async () => {
  const executablePath = await findChromium();
  expect(executablePath, noChromiumMessage).toBeDefined();
  server = await serve(0);
  browser = await chromium.launch({
    executablePath: executablePath!,
    args: [...chromiumArguments],
    timeout: startMilliseconds,
  });
});

afterEach(async () => {
  await page.close();
  expect(errors).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function opened(
  query: Record<string, string> = {},
  viewport = { width: 1000, height: 800 },
): Promise<void> {
  page = await browser.newPage({ viewport });
  page.setDefaultTimeout(patience);
  errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(`${server.url}?${new URLSearchParams(query)}`);
}

/** What a click on the export button gives. */
async function exported(name: string): Promise<BenchResult> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
  const path = join(folder, name);
  await download.saveAs(path);
  return readResult(path);
}

const state = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const tableTexts = (title: string): Promise<string[][]> =>
  page
    .locator(`h2:text-is("${title}") + .table tbody tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent)));

const quick = {
  operations: 'batchNorm',
  shapes: '16x5',
  rounds: '2',
  budget: '1',
  threads: '1',
  peers: 'composed',
};

describe('a run', () => {
  it('measures what is chosen, and shows the numbers that it exports', async () => {
    await opened({ ...quick, backends: 'cpu,wasm,webgl', threads: '1,2' });
    await page.getByRole('button', { name: 'Start' }).click();
    expect(await page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(true);
    expect(await page.getByRole('progressbar').isVisible()).toBe(true);
    await state('Done.');
    const result = await exported('complete.json');

    expect(result.state).toBe('complete');
    expect(result.contenders.map(({ id, missing }) => [id, missing])).toEqual(
      [
        'bn/wasm/1',
        'bn/wasm/2',
        'bn/webgl/1',
        'bn/cpu/1',
        'composed/wasm/1',
        'composed/webgl/1',
        'composed/cpu/1',
      ].map((id) => [id, undefined]),
    );
    const row = result.rows.find(({ operation }) => operation === 'batchNorm')!;
    for (const backend of ['cpu', 'wasm', 'webgl']) {
      const ids = Object.keys(row.cells).filter((id) => id.includes(`/${backend}/`));
      const [texts] = await tableTexts(`Backend ${backend}`);
      const onPage = ids.map((_, column) => Number.parseFloat(texts![column + 1]!));
      for (const [column, id] of ids.entries()) {
        const ofRounds = median(row.cells[id]!.milliseconds as number[]);
        // Three digits are shown.
        expect(Math.abs(onPage[column]! / ofRounds - 1)).toBeLessThan(0.006);
      }
    }
    expect(await page.locator('figure svg').count()).toBeGreaterThan(0);
  });

  it('has ours on WebGPU beside the peers there and ours on WebGL', async () => {
    const peers = { backends: 'wasm,webgl,webgpu', peers: 'composed,onnxruntime,jax' };
    await opened({ ...quick, ...peers, phases: 'inference' });
    await page.click('#start');
    await state('Done.');
    const { rows, contenders } = await exported('webgpu.json');
    const { cells } = rows.find(({ operation }) => operation === 'batchNorm')!;
    expect(contenders.filter(({ missing }) => missing !== undefined)).toEqual([]);
    expect(Object.entries(cells).map(([id, { median }]) => [id, median! > 0])).toEqual(
      [
        ...['bn/wasm/1', 'bn/webgl/1', 'bn/webgpu/1'],
        ...['composed/wasm/1', 'composed/webgl/1', 'composed/webgpu/1'],
        ...['onnxruntime/wasm/1', 'onnxruntime/webgpu/1', 'jax/wasm/1', 'jax/webgpu/1'],
      ].map((id) => [id, true]),
    );
    const columns = page.locator('h2:text-is("Backend webgpu") + .table thead th');
    expect(await columns.allTextContents()).toEqual([
      ...['', '@bn', 'tfjs composed', 'onnxruntime-web', 'jax-js', '@bn, webgl', 'memory limit'],
    ]);
  });

  it('stops in the middle of a measurement, and exports what there is', async () => {
    await opened({ ...quick, backends: 'wasm', rounds: '100', budget: '1000' });
    await page.click('#start');
    await page.locator('h2:text-is("Backend wasm")').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await state('Stopped; what was measured is below.');
    const result = await exported('stopped.json');
    expect(result.state).toBe('stopped');
    expect(result.rows.flatMap(({ cells }) => Object.values(cells)).some(({ median }) => median! > 0)).toBe(
      true,
    );
    expect(await page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
  });
});

it('says that rendering in software is not a GPU, before anything is measured', async () => {
  await opened();
  expect(await page.locator('#device').textContent()).toMatch(/SwiftShader.*in software: not a GPU/);
});

it('refuses a shape that is none, and goes on with one that is', async () => {
  await opened({ ...quick, backends: 'cpu', shapes: '16y5' });
  await page.click('#start');
  const field = page.getByLabel('Shapes');
  const fault = page.locator('#field-fault');
  expect(await fault.textContent()).toContain("unknown shape '16y5'");
  // Where one looks: the field has the keyboard and a mark, and the words stand right below it.
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  const [above, below] = [(await field.boundingBox())!, (await fault.boundingBox())!];
  expect(below.y - (above.y + above.height)).toBeLessThan(20);
  await field.fill('16x5');
  expect([await fault.count(), await field.getAttribute('aria-invalid')]).toEqual([0, null]);
  await page.click('#start');
  await state('Done.');
  expect(await page.locator('#error').textContent()).toBe('');
});

it('marks the list in which nothing is chosen, and calls peers by their names', async () => {
  await opened({ ...quick, backends: 'none' });
  await page.click('#start');
  expect(await page.locator('fieldset.faulty legend').textContent()).toBe('Backends');
  expect(await page.locator('#field-fault').textContent()).toBe('Backends: choose at least one');
  expect(await page.getByRole('group', { name: 'Beside' }).locator('label').allTextContents()).toEqual([
    ...['tfjs composed', 'tf.moments + tf.batchNorm', 'tf.layers', 'tf.layers + @bn/wasm-train'],
    ...['onnxruntime-web', 'jax-js'],
  ]);
});

it('runs without threads where it is not isolated, and says why', async () => {
  page = await browser.newPage();
  page.setDefaultTimeout(patience);
  errors = [];
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin'));
    await route.fulfill({ response, headers: Object.fromEntries(headers) });
  });
  await page.goto(server.url);
  expect(await page.getByLabel('Threads').isDisabled()).toBe(true);
  expect(await page.locator('#threads-help').textContent()).toContain('Cross-Origin-Opener-Policy');
});

it('fits a phone', async () => {
  await opened({ ...quick, backends: 'wasm' }, { width: 390, height: 800 });
  await page.click('#start');
  await state('Done.');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

it('runs without a window from the command line, and writes the same result', async () => {
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const options = Object.entries({ ...quick, backends: 'webgl' }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'web', '--headless', ...options, '--out', 'web.json'],
    { cwd: folder },
  );
  expect(stdout).toMatch(/^BatchNorm forward \+ backward 16x5 +\d/m);
  const result = await readResult(join(folder, 'web.json'));
  expect(result.machine.gpu).toContain('SwiftShader');
  expect(result.command).toBe(`npm run bench:web -- --headless ${options.join(' ')} --out web.json`);
  await opened();
});
