import { gzipSync } from 'node:zlib';
import { idx } from '@bn/tooling/idx';
import { expect, test } from 'vitest';
import type { DatasetSource } from '../src/protocol.js';
import { loadDataset, sample } from '../src/worker/dataset.js';
import { idxSource } from './support.js';

/** The small data set with one file in place of its own. */
const withFile = async (key: keyof DatasetSource['files'], contents: Uint8Array): Promise<DatasetSource> => {
  const source = await idxSource(4, 2);
  return { ...source, files: { ...source.files, [key]: new Blob([new Uint8Array(contents)]) } };
};

test('files are the same, gzipped or not', async () => {
  const source = await idxSource(4, 2);
  const plain = await loadDataset(source);
  const labels = Buffer.from(await (source.files.trainLabels as Blob).arrayBuffer());
  const zipped = await loadDataset(await withFile('trainLabels', gzipSync(labels)));
  expect(zipped).toEqual(plain);
  expect([plain.train.count, plain.test.count]).toEqual([4, 2]);
});

test.each([
  [
    'trainImages',
    idx([4, 32, 32], new Uint8Array(4096)),
    'train-images-idx3-ubyte.gz: expected images of 28x28, got 32x32',
  ],
  [
    'testLabels',
    idx([2], Uint8Array.of(1, 10)),
    't10k-labels-idx1-ubyte.gz: expected labels from 0 to 9, got 10 at index 1',
  ],
  [
    'trainLabels',
    idx([3], new Uint8Array(3)),
    'train-labels-idx1-ubyte.gz: expected 4 labels, one for each image',
  ],
  [
    'testImages',
    Buffer.from('<!doctype html>'),
    't10k-images-idx3-ubyte.gz: expected an IDX header of 16 bytes',
  ],
  ['testImages', gzipSync(Buffer.alloc(100)).subarray(0, 12), 'that do not decompress'],
] as const)(
  '%s that cannot be used are refused with the name of the file',
  async (key, contents, message) => {
    await expect(loadDataset(await withFile(key, contents))).rejects.toThrow(message);
  },
);

test('a file that goes on for ever is read no further than its header says', async () => {
  let chunks = 0;
  class Endless extends Blob {
    override stream() {
      return new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          controller.enqueue(chunks++ === 0 ? idx([4, 28, 28], new Uint8Array()) : new Uint8Array(1000));
        },
      });
    }
  }
  const source = await idxSource(4, 2);
  const loading = loadDataset({ ...source, files: { ...source.files, trainImages: new Endless() } });
  await expect(loading).rejects.toThrow(/train-images.*expected 3152 bytes for 4x28x28 elements, got 4016/);
  expect(chunks).toBeLessThan(10);
});

test('a .gz that goes on after its images is decompressed no further', async () => {
  const images = idx([4, 28, 28], new Uint8Array(200 * 2 ** 20));
  const source = await withFile('trainImages', gzipSync(images, { level: 1 }));
  const before = process.memoryUsage().arrayBuffers;
  await expect(loadDataset(source)).rejects.toThrow(/train-images.*expected 3152 bytes.*got \d+$/);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
});

test('a sample is taken evenly from all images', () => {
  const count = 10;
  const labels = Uint8Array.from({ length: count }, (_, index) => index);
  const pixels = Uint8Array.from({ length: count * 784 }, (_, pixel) => Math.floor(pixel / 784));
  const taken = sample({ count, pixels, labels }, 5);
  expect([...taken.labels]).toEqual([0, 2, 4, 6, 8]);
  expect(taken.pixels[4 * 784]).toBe(8);
  expect(sample({ count, pixels, labels }, 50).count).toBe(10);
});
