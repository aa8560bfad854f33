/** Data sets: halving, CIFAR-10's files, downloads, and folders that lack something. */
import { createHash } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { createTar } from 'nanotar';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Batches } from '../src/data/batches.js';
import { cifarFiles, readCifar10 } from '../src/data/cifar10.js';
import { downloadCifar10 } from '../src/data/cifar10Download.js';
import { channelScale, halved, standardized } from '../src/data/images.js';
import { loadStudyData } from '../src/data/load.js';
import { signal, smallData } from './support.js';

beforeAll(() => startBackend('wasm'));

const names = Object.values(cifarFiles).flat();

/** Two records: red rises by pixel, green is 7, blue the number of the record. */
function cifarFile(label: number): Uint8Array {
  const bytes = new Uint8Array(2 * 3073);
  for (let record = 0; record < 2; record++) {
    const start = record * 3073;
    bytes[start] = label;
    for (let i = 0; i < 1024; i++) bytes[start + 1 + i] = i % 256;
    bytes.fill(7, start + 1 + 1024, start + 1 + 2048);
    bytes.fill(record, start + 1 + 2048, start + 3073);
  }
  return bytes;
}

async function cifarFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await Promise.all(names.map((name, i) => writeFile(join(folder, name), cifarFile(i))));
  return folder;
}

const load = (choice: string) =>
  loadStudyData({ choice, trainCount: 100, testCount: 100, quiet: true, signal });

test('halving takes the mean of four pixels of each channel, and leaves out an odd column', () => {
  const pixels = Uint8Array.from([0, 10, 51, 10, 255, 255, 102, 30, 255, 30, 255, 255]);
  const images = halved({ count: 1, height: 2, width: 3, channels: 2, pixels, labels: Uint8Array.of(3) });
  expect([images.height, images.width]).toEqual([1, 1]);
  expect(images.pixels[0]).toBeCloseTo((0 + 51 + 102 + 255) / 4 / 255, 6);
  expect(images.pixels[1]).toBeCloseTo(20 / 255, 6);
});

test('standardized images have mean 0 and deviation 1; a constant channel is 0', async () => {
  const { train } = await smallData();
  const { mean, deviation } = channelScale(train);
  expect(mean[0]).toBeCloseTo(0, 4);
  expect(deviation[0]).toBeCloseTo(1, 4);
  const flat = { ...train, pixels: new Float32Array(train.pixels.length).fill(3) };
  expect(standardized(flat, channelScale(flat)).pixels.every((value) => value === 0)).toBe(true);
});

test('batches of an epoch have each image once', async () => {
  const { train } = await smallData();
  const numbered = { ...train, height: 1, width: 1, pixels: Float32Array.from({ length: 256 }, (_, i) => i) };
  const batches = new Batches(numbered, 64, randomStreams(0).shuffling);
  const seen = [0, 1, 2, 3].flatMap(() => [...batches.next().images.dataSync()]);
  expect(seen.sort((a, b) => a - b)).toEqual([...numbered.pixels]);
  expect(() => new Batches(numbered, 300, randomStreams(0).shuffling)).toThrow('300');
});

test("CIFAR-10's files give images channels last", async () => {
  const { train, test: tests } = await readCifar10(await cifarFolder());
  expect([train.count, tests.count]).toEqual([10, 2]);
  expect([...train.labels]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  const second = train.pixels.subarray(32 * 32 * 3);
  expect([...second.subarray(0, 6)]).toEqual([0, 7, 1, 1, 7, 1]);
});

test('a folder with them is a data set', async () => {
  const { train } = await load(await cifarFolder());
  expect([train.count, train.height, train.channels]).toEqual([10, 16, 3]);
});

test.each([
  [
    'lacks a file',
    (folder: string) => rm(join(folder, 'data_batch_3.bin')),
    /data_batch_3\.bin: expected a binary file.*it is missing/,
  ],
  [
    'is cut',
    (folder: string) => writeFile(join(folder, 'test_batch.bin'), new Uint8Array(3000)),
    /test_batch\.bin: expected 1 to 10000 records.*got 3000/,
  ],
  [
    'has a class 10',
    (folder: string) => writeFile(join(folder, 'test_batch.bin'), cifarFile(10)),
    /classes from 0 to 9, got 10 in record 0/,
  ],
])('a folder of CIFAR-10 that %s is refused', async (_, damage, message) => {
  const folder = await cifarFolder();
  await damage(folder);
  await expect(load(folder)).rejects.toThrow(message);
});

test('what is no folder, and a folder of other things, are refused', async () => {
  const folder = await temporaryFolder();
  await expect(load(join(folder, 'nothing'))).rejects.toThrow('expected fashion-mnist, cifar10 or a folder');
  await expect(load(folder)).rejects.toThrow(/has neither Fashion-MNIST's files .* nor CIFAR-10's/);
  await writeFile(join(folder, 'train-images-idx3-ubyte.gz'), 'x');
  await expect(load(folder)).rejects.toThrow('train-images-idx3-ubyte.gz');
});

async function served(body: Uint8Array): Promise<string> {
  const server = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/cifar.tar.gz`;
}

const archive = gzipSync(
  createTar(names.map((name, i) => ({ name: `cifar-10-batches-bin/${name}`, data: cifarFile(i) }))),
);
const sha256 = createHash('sha256').update(archive).digest('hex');

test('a download is unpacked after its checksum is compared, and not made twice', async () => {
  const folder = await temporaryFolder();
  await downloadCifar10(folder, { url: await served(archive), sha256, quiet: true, signal });
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
  expect((await readCifar10(folder)).train.count).toBe(10);
  await downloadCifar10(folder, { url: 'http://127.0.0.1:9/', sha256, quiet: true, signal });
});

test('another archive than the right one leaves nothing', async () => {
  const folder = await temporaryFolder();
  const options = { url: await served(archive), quiet: true, signal };
  await expect(downloadCifar10(folder, options)).rejects.toThrow(/expected SHA-256 c4a38c50.*got/);
  expect(await readdir(folder)).toEqual([]);
});
