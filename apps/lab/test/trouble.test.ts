/** What goes wrong, and what the page says and does then. */
import { gzipSync } from 'node:zlib';
import { idx } from '@bn/tooling/idx';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import {
  button,
  chooseFiles,
  eventually,
  goesOnBy,
  notices,
  progress,
  reaches,
  start,
  useLab,
} from './browser.js';
import { foreignCheckpoint } from './support.js';

// Neither WebGL nor isolation: what the simplest server and the poorest machine give.
const lab = useLab({ headers: {}, webgl: false });

/** A PNG that the browser itself writes. */
const png = async (page: Page, width: number, height: number): Promise<Buffer> => {
  const url = await page.evaluate(
    ([w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const context = canvas.getContext('2d')!;
      context.fillStyle = 'white';
      context.fillRect(w! / 4, h! / 4, w! / 2, h! / 2);
      return canvas.toDataURL('image/png');
    },
    [width, height],
  );
  return Buffer.from(url.split(',')[1]!, 'base64');
};

test('without WebGL its choice is disabled and says why, and training works without isolation', async () => {
  const { page, faults } = await lab.open();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const webgl = page.locator('#backend').getByRole('radio', { name: 'webgl' });
  expect(await webgl.isDisabled()).toBe(true);
  expect(await page.locator('#backend').textContent()).toContain('this browser has no WebGL 2 for workers');
  expect(await page.locator('#backend').textContent()).toContain('wasm runs on one thread here');
  expect(await page.getByLabel('Threads of wasm').count()).toBe(0);
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  expect(faults).toEqual([]);
});

async function crash(page: Page, reason: string): Promise<void> {
  await page.workers()[0]!.evaluate((message) => {
    setTimeout(() => {
      throw new Error(message);
    });
  }, reason);
  await eventually(() => notices(page, 'alert')).toMatch(new RegExp(`crashed .*${reason}.* Runs are safe`));
}

test('a crash of the worker is shown, and a restart goes on from the last save', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '900' });
  await goesOnBy(page, 1);
  await crash(page, 'out of paper');
  await reaches(page, 'paused');
  const crashedAt = await progress(page);
  expect(await button(page, 'Resume').isDisabled()).toBe(true);
  await button(page, 'Restart from the last save').click();
  await reaches(page, 'training');
  const savedAt = await progress(page);
  expect(savedAt).toBeGreaterThan(0);
  await eventually(() => progress(page)).toBeGreaterThan(crashedAt);
  expect(await notices(page, 'alert')).toBe('');
  await button(page, 'Stop').click();
});

test('a drawing made while there is no worker is classified after the restart', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await page.locator('#images li').first().waitFor();
  await crash(page, 'out of paper');
  await button(page, 'Take a test image').click();
  await button(page, 'Restart from the last save').click();
  await page.locator('#draw .answer .best').waitFor();
});

test('a picture is classified, one of another size or format refused', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  const label = 'Open a 28×28 PNG';
  await chooseFiles(page, label, [{ name: 'small.png', buffer: await png(page, 20, 30) }]);
  await eventually(() => notices(page, 'alert')).toContain('small.png has 20×30 pixels, but must have 28×28');
  await chooseFiles(page, label, [
    { name: 'photo.png', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') },
  ]);
  await eventually(() => notices(page, 'alert')).toContain('photo.png is image/jpeg, but must be a PNG');
  const whole = await png(page, 28, 28);
  await chooseFiles(page, label, [{ name: 'half.png', buffer: whole.subarray(0, 40) }]);
  await eventually(() => notices(page, 'alert')).toContain('half.png is not a valid PNG file');
  expect(await page.locator('#draw .answer').count()).toBe(0);
  const huge = Buffer.from(whole);
  huge.writeUInt32BE(40_000, 16);
  huge.writeUInt32BE(40_000, 20);
  await chooseFiles(page, label, [{ name: 'huge.png', buffer: huge }]);
  await eventually(() => notices(page, 'alert')).toContain('huge.png has 40000×40000 pixels');
  const long = Buffer.concat([whole, Buffer.alloc(2 ** 20)]);
  await chooseFiles(page, label, [{ name: 'long.png', buffer: long }]);
  await eventually(() => notices(page, 'alert')).toContain('long.png is far larger than an image');
  await chooseFiles(page, label, [{ name: 'whole.png', buffer: whole }]);
  await page.locator('#draw .answer .best').waitFor();
  const shares = await page.locator('#draw .answer .number').allInnerTexts();
  const sum = shares.reduce((total, text) => total + Number.parseFloat(text), 0);
  expect(sum).toBeGreaterThan(99);
  expect(sum).toBeLessThan(101);
});

test('a drawing by keyboard is classified, and Delete clears it', async () => {
  const { page } = await lab.open();
  await start(page, { Epochs: '1' });
  await reaches(page, 'finished');
  await page.getByRole('application').focus();
  await page.keyboard.down('Space');
  for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowDown');
  await page.keyboard.up('Space');
  await page.locator('#draw .answer .best').waitFor();
  await page.keyboard.press('Delete');
  await eventually(() => page.locator('#draw .answer').count()).toBe(0);
});

test('images that cannot be used are refused, and those before stay', async () => {
  const { page } = await lab.open();
  const file = (name: string, contents: Buffer) => ({ name, buffer: contents });
  const images = (count: number) => gzipSync(idx([count, 28, 28], new Uint8Array(count * 784)));
  const labels = (count: number) => gzipSync(idx([count], new Uint8Array(count)));
  const label = 'Choose the four files';
  await chooseFiles(page, label, [file('train-images-idx3-ubyte.gz', images(20))]);
  await eventually(() => notices(page, 'alert')).toContain(
    't10k-labels-idx1-ubyte.gz. Choose all four at once',
  );
  const four = (trainLabels: Buffer) => [
    file('train-images-idx3-ubyte.gz', images(20)),
    file('train-labels-idx1-ubyte.gz', trainLabels),
    file('t10k-images-idx3-ubyte.gz', images(10)),
    file('t10k-labels-idx1-ubyte.gz', labels(10)),
  ];
  await chooseFiles(page, label, four(labels(19)));
  await eventually(() => notices(page, 'alert')).toContain('expected 20 labels');
  expect(await page.locator('#data').textContent()).toContain('6,000 training, 1,000 test images');
  await chooseFiles(page, label, four(labels(20)));
  await eventually(() => page.locator('#data').textContent()).toContain('20 training, 10 test images');
});

test('a Chinese page says in Chinese what is wrong with files and backends', async () => {
  const { page, openTab } = await lab.open({ locale: 'zh-CN' });
  const alert = async () => (await notices(page, 'alert'))!.replaceAll('关闭', '\n');
  await chooseFiles(page, '加载检查点', [{ name: 'a.safetensors', buffer: Buffer.from('hello') }]);
  await eventually(alert).toContain('未加载 a.safetensors：这不是有效的 safetensors 文件：应有 8 字节');
  await chooseFiles(page, '加载检查点', [{ name: 'b.safetensors', buffer: foreignCheckpoint() }]);
  await eventually(alert).toContain("这不是归一化为 'batch' 的 LeNet 的状态");
  expect(await alert()).toContain('w：多余，实际为 F32 [1]');
  const file = (name: string, contents: Buffer) => ({ name, buffer: contents });
  const images = idx([2, 28, 28], new Uint8Array(2 * 784));
  await chooseFiles(page, '选择四个文件', [
    file('train-images-idx3-ubyte', images),
    file('train-labels-idx1-ubyte', idx([3], new Uint8Array(3))),
    file('t10k-images-idx3-ubyte', images),
    file('t10k-labels-idx1-ubyte', idx([2], new Uint8Array(2))),
  ]);
  await eventually(alert).toContain('无法加载图像：train-labels-idx1-ubyte.gz：应有 2 个标签');

  await page.context().route('**/*.wasm', (route) => route.abort());
  const other = await openTab();
  await eventually(() => notices(other, 'alert')).toContain(
    "wasm 无法启动：TensorFlow.js 无法启动后端 'wasm'；原因见浏览器的控制台",
  );
});

test('a batch size that leaves a single image is explained before training', async () => {
  const { page } = await lab.open();
  await page.locator('#new-run').getByLabel('Batch size').fill('7');
  await eventually(() => page.locator('#new-run [role=alert]').textContent()).toContain(
    'Batches of 7 leave a single image of 6,000 for the last batch',
  );
  expect(await button(page, 'Start training').isDisabled()).toBe(true);
  await page.locator('#new-run').getByLabel('Normalization').selectOption('layer');
  await eventually(() => button(page, 'Start training').isEnabled()).toBe(true);
  expect(await button(page, 'Compare batch norm with none').isDisabled()).toBe(true);
  expect(await page.locator('#compare-hint').textContent()).toContain(
    'leave a single image of 6,000 for the last batch',
  );
});
