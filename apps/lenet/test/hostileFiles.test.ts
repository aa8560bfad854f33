/** Small files that would fill the memory once decompressed: refused by what they say of themselves, or where they go on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { runGuarded } from '@bn/tooling/guardedChild';
import { idx } from '@bn/tooling/idx';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileNames } from '../src/dataset/files.js';
import { decodePng } from '../src/dataset/png.js';
import { encodeCheckpoint } from '../src/model/checkpoint.js';
import { createLeNet } from '../src/model/initialization.js';
import { randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { writeDataset } from './support.js';

/** What the command line takes before it reads such a file is 150 MB; each of the files would take gigabytes. */
const limits = { seconds: 60, megabytes: 500 };
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A grey PNG with whatever data. */
function png(width: number, height: number, data: readonly Uint8Array[], interlaced = false): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...data.map((bytes) => chunk('IDAT', bytes)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const zeros = (megabytes: number): Buffer => deflateSync(Buffer.alloc(megabytes * 2 ** 20), { level: 9 });

describe('a picture', () => {
  let checkpoint: string;

  beforeAll(async () => {
    await startBackend('wasm');
  });

  async function predict(picture: Buffer) {
    const folder = await temporaryFolder();
    checkpoint = join(folder, 'checkpoint.safetensors');
    const model = createLeNet({ norm: 'batch', placement: 'before' }, randomStreams(1).initialization);
    await writeFile(checkpoint, await encodeCheckpoint(model, {}));
    model.dispose();
    await writeFile(join(folder, 'picture.png'), picture);
    return runGuarded([main, 'predict', '--checkpoint', checkpoint, 'picture.png'], {
      ...limits,
      cwd: folder,
    });
  }

  test.each<[string, () => Buffer, RegExp]>([
    [
      'of 40,000 x 40,000 pixels',
      () => png(40_000, 40_000, [deflateSync(Buffer.alloc(1))]),
      /expected an image of 28x28 pixels, got 40000x40000; resize it first/,
    ],
    [
      'of 28 x 28 pixels, interlaced, with 500 MB behind them',
      () => png(28, 28, [zeros(500)], true),
      /expected at most 16384 bytes of compressed pixels in an image of 28x28, got \d+/,
    ],
    ['without pixels', () => png(28, 28, []), /expected a valid PNG file: it holds no pixels/],
    [
      'of more than a megabyte',
      () => Buffer.concat([png(28, 28, []), Buffer.alloc(2 ** 20)]),
      /expected a file of at most 1048576 bytes, got a longer one/,
    ],
  ])('%s is refused, and takes no memory to speak of', async (_, make, message) => {
    const ended = await predict(make());
    expect(ended.exceeded).toBeUndefined();
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(ended.code).toBe(1);
  });

  test('with its pixels in several chunks is read', () => {
    const pixels = deflateSync(Buffer.alloc(29 * 28));
    const decoded = decodePng(png(28, 28, [pixels.subarray(0, 5), pixels.subarray(5)]));
    expect(new Set(decoded)).toEqual(new Set([0]));
  });

  // Interlaced, 28x28 pixels are 53 rows.
  test.each([
    [false, 29 * 28],
    [true, 28 * 28 + 53],
  ])('whose pixels are cut short is refused (interlaced: %s)', (interlaced, length) => {
    const decode = (bytes: number) => decodePng(png(28, 28, [deflateSync(Buffer.alloc(bytes))], interlaced));
    expect(decode(length)).toHaveLength(784);
    expect(() => decode(length - 1)).toThrow(
      `expected a valid PNG file: ${length} bytes of uncompressed pixels, got ${length - 1}`,
    );
  });
});

describe('a data file', () => {
  async function train(trainImages: Buffer) {
    const folder = await temporaryFolder();
    await writeDataset(folder);
    await writeFile(join(folder, fileNames.trainImages), trainImages);
    return runGuarded([main, 'train', '--dataset', '.', '--epochs', '1'], { ...limits, cwd: folder });
  }

  test.each<[string, () => Buffer, RegExp]>([
    [
      'that goes on for 6 GB after its 20 images',
      () => {
        const gigabytes = Array.from({ length: 96 }, () => bomb);
        return Buffer.concat([gzipSync(idx([20, 28, 28], new Uint8Array(20 * 784))), ...gigabytes]);
      },
      /expected 15696 bytes for 20x28x28 elements, got \d+/,
    ],
    [
      'that promises 4 billion images',
      () => gzipSync(idx([2 ** 32 - 1, 28, 28], new Uint8Array())),
      /expected at most 1,369,568 images, got 4,294,967,295/,
    ],
    [
      'that promises images of a gigabyte',
      () => gzipSync(idx([1, 2 ** 15, 2 ** 15], new Uint8Array())),
      /expected images of 28x28, got 32768x32768/,
    ],
  ])('%s is refused, and takes no memory to speak of', async (_, make, message) => {
    const ended = await train(make());
    expect(ended.exceeded).toBeUndefined();
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain(fileNames.trainImages);
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(ended.code).toBe(2);
  });
});

const bomb = gzipSync(Buffer.alloc(2 ** 26), { level: 9 });
