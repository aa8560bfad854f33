import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@bn/exchange';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { PNG, type PNGOptions } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { classNames } from '../src/dataset/classes.js';
import { decodePng } from '../src/dataset/png.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { ImageError } from '../src/errors.js';
import { encodeCheckpoint } from '../src/model/checkpoint.js';
import { createLeNet } from '../src/model/initialization.js';
import { encodeLeNet } from '../src/model/onnx.js';
import { predict } from '../src/model/predict.js';
import { randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { lenet } from './support.js';

type Rgba = readonly [number, number, number, number];

/** A grey PNG file of 16 bits. */
function deepPng(level: number): Buffer {
  const picture = new PNG({ width: 28, height: 28 });
  const values = Uint16Array.from({ length: 4 * 784 }, (_, index) => (index % 4 === 3 ? 65_535 : level));
  picture.data = Buffer.from(values.buffer);
  return PNG.sync.write(picture, { colorType: 0, bitDepth: 16, inputHasAlpha: true });
}

/** A PNG file of one color. */
function png(color: Rgba, options: PNGOptions = {}, width = 28, height = 28): Buffer {
  const picture = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel++) picture.data.set(color, 4 * pixel);
  return PNG.sync.write(picture, options);
}

describe('a PNG file', () => {
  test.each<[string, Rgba, PNGOptions, number]>([
    ['grey', [77, 77, 77, 255], { colorType: 0 }, 77],
    ['red', [255, 0, 0, 255], { colorType: 2 }, 76],
    ['green', [0, 255, 0, 255], { colorType: 2 }, 150],
    ['white and half transparent', [255, 255, 255, 128], { colorType: 6 }, 128],
    ['grey and transparent', [200, 200, 200, 0], { colorType: 4 }, 0],
  ])('that is %s becomes its luminance on black', (_name, color, options, level) => {
    const pixels = decodePng(png(color, options));
    expect(pixels).toHaveLength(784);
    expect(new Set(pixels)).toEqual(new Set([level]));
  });

  test('of 16 bits becomes one of 8', () => {
    expect(new Set(decodePng(deepPng(77 * 257)))).toEqual(new Set([77]));
  });

  test('of another size is refused with both sizes', () => {
    const decode = () => decodePng(png([0, 0, 0, 255], {}, 64, 32));
    expect(decode).toThrow(ImageError);
    expect(decode).toThrow('expected an image of 28x28 pixels, got 64x32');
  });

  test('that is truncated or none is refused', () => {
    expect(() => decodePng(png([0, 0, 0, 255]).subarray(0, 60))).toThrow('expected a valid PNG file: ');
    expect(() => decodePng(Buffer.from('GIF89a'))).toThrow('expected a PNG file, got something else');
    expect(() => decodePng(new Uint8Array())).toThrow('expected a PNG file, got something else');
  });
});

describe('predict and export', () => {
  beforeAll(() => startBackend('wasm'));

  async function folderWithCheckpoint() {
    const folder = await temporaryFolder();
    const model = createLeNet({ norm: 'layer', placement: 'after' }, randomStreams(1).initialization);
    const checkpoint = join(folder, 'checkpoint.safetensors');
    await writeFile(checkpoint, await encodeCheckpoint(model, { training: '{}' }));
    return { folder, checkpoint, model };
  }

  /** With the first test images as PNG files, and the lines that say what the model itself makes of them. */
  async function folderWithImages(count: number) {
    const { folder, checkpoint, model } = await folderWithCheckpoint();
    const pixels = (await loadDataset('mini', { places: defaultPlaces() })).test.pixels.slice(0, 784 * count);
    for (let index = 0; index < count; index++) {
      const picture = new PNG({ width: 28, height: 28 });
      for (const [pixel, grey] of pixels.subarray(784 * index, 784 * (index + 1)).entries()) {
        picture.data.set([grey, grey, grey, 255], 4 * pixel);
      }
      await writeFile(join(folder, `${index}.png`), PNG.sync.write(picture, { colorType: 0 }));
    }
    const predictions = await predict(model, pixels);
    const lines = predictions.map(
      (likely, index) =>
        `${index}.png: ` +
        likely
          .slice(0, 2)
          .map(({ label, confidence }) => `${classNames[label]} ${(100 * confidence).toFixed(1)}%`)
          .join(', '),
    );
    return { folder, checkpoint, lines };
  }

  test('predict names the likeliest classes of each picture, and goes on after one that is none', async () => {
    const { folder, checkpoint, lines } = await folderWithImages(2);
    await writeFile(join(folder, 'large.png'), png([0, 0, 0, 255], {}, 64, 64));
    const { code, stdout, stderr } = await lenet(
      ['predict', '--checkpoint', checkpoint, '--top', '2', '0.png', 'large.png', 'none.png', '1.png'],
      { cwd: folder },
    );
    expect(stdout.trimEnd().split('\n')).toEqual(lines);
    expect(stderr).toContain(
      'error: large.png: expected an image of 28x28 pixels, got 64x64; resize it first',
    );
    expect(stderr).toContain('error: none.png: ENOENT');
    expect(stderr).toContain('error: 2 of 4 images could not be read');
    expect(code).toBe(1);
  });

  test('predict takes a dark thing on a bright ground where it is told so', async () => {
    const { folder, checkpoint, lines } = await folderWithImages(1);
    const picture = PNG.sync.read(await readFile(join(folder, '0.png')));
    for (let pixel = 0; pixel < 784; pixel++) {
      const grey = 255 - picture.data[4 * pixel]!;
      picture.data.set([grey, grey, grey], 4 * pixel);
    }
    await writeFile(join(folder, '0.png'), PNG.sync.write(picture));
    const { code, stdout } = await lenet(
      ['predict', '--checkpoint', checkpoint, '--top', '2', '--invert', '0.png'],
      { cwd: folder },
    );
    expect(stdout).toBe(`${lines[0]}\n`);
    expect(code).toBe(0);
  });

  test('export writes the state dict alone, in place of nothing that is there', async () => {
    const { folder, checkpoint } = await folderWithCheckpoint();
    const parameters = [
      'export',
      '--checkpoint',
      checkpoint,
      '--format',
      'safetensors',
      '--output',
      'weights',
    ];
    const { code, stdout } = await lenet(parameters, { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wrote weights: LeNet with norm layer as safetensors, 1\d\d KiB$/m);
    const [own, exported] = [
      readSafetensors(await readFile(checkpoint)),
      readSafetensors(await readFile(join(folder, 'weights'))),
    ];
    expect(exported.arrays).toEqual(own.arrays);
    expect(exported.metadata).toEqual({ format: 'pt', norm: 'layer', placement: 'after' });
    const again = await lenet(parameters, { cwd: folder });
    expect(again.stderr).toContain('error: --output: weights exists already');
    expect(again.code).toBe(2);
  });

  test('export writes ONNX', async () => {
    const { folder, checkpoint, model } = await folderWithCheckpoint();
    const { code } = await lenet(
      ['export', '--checkpoint', checkpoint, '--format', 'onnx', '--output', 'lenet.onnx'],
      { cwd: folder },
    );
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'lenet.onnx'))).toEqual(Buffer.from(await encodeLeNet(model)));
  });

  test.each([
    [['predict', '0.png'], /required option '--checkpoint <file>' not specified/],
    [['predict', '--checkpoint', 'c'], /missing required argument 'image'/],
    [['predict', '--checkpoint', '/no/such', '0.png'], /--checkpoint \/no\/such: ENOENT/],
    [['export', '--checkpoint', 'c', '--output', 'o'], /required option '--format <kind>' not specified/],
    [
      ['export', '--checkpoint', 'c', '--format', 'tflite', '--output', 'o'],
      /'tflite' is invalid.*safetensors, onnx/,
    ],
    [
      ['export', '--checkpoint', 'c', '--format', 'onnx', '--output', '/no/such/folder/o'],
      /--checkpoint c: ENOENT/,
    ],
  ])('%j ends with one clear error', async (parameters, message) => {
    const { code, stderr, stdout } = await lenet(parameters, { cwd: await temporaryFolder() });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
