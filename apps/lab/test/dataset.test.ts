import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DatasetSource } from '../src/protocol.js';
import { loadDataset, sample } from '../src/worker/dataset.js';
import { idx, idxSource } from './support.js';

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

test('a sample is taken evenly from all images', () => {
  const count = 10;
  const labels = Uint8Array.from({ length: count }, (_, index) => index);
  const pixels = Uint8Array.from({ length: count * 784 }, (_, pixel) => Math.floor(pixel / 784));
  const taken = sample({ count, pixels, labels }, 5);
  expect([...taken.labels]).toEqual([0, 2, 4, 6, 8]);
  expect(taken.pixels[4 * 784]).toBe(8);
  expect(sample({ count, pixels, labels }, 50).count).toBe(10);
});
