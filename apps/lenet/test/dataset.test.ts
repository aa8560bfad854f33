import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { idx } from '@bn/tooling/idx';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, test } from 'vitest';
import { fileNames, miniChecksums } from '../src/dataset/files.js';
import { loadDataset } from '../src/dataset/resolve.js';
import { DatasetError } from '../src/errors.js';
import { emptyPlaces, miniPath, writeDataset } from './support.js';

const load = async (folder: string) => loadDataset(folder, { places: emptyPlaces(folder) });

describe('mini', () => {
  test('holds 600 training and 100 test images of each class', async () => {
    const { name, train, test: held } = await loadDataset('mini', { places: emptyPlaces('/nowhere') });
    const perClass = (labels: Uint8Array) =>
      Array.from({ length: 10 }, (_, kind) => labels.filter((label) => label === kind).length);
    expect(name).toBe('mini');
    expect(perClass(train.labels)).toEqual(new Array(10).fill(600));
    expect(perClass(held.labels)).toEqual(new Array(10).fill(100));
    expect(train.pixels.length).toBe(6000 * 784);
  });

  test('comes with its licence', async () => {
    expect(await readFile(join(miniPath, 'LICENSE'), 'utf8')).toMatch(/MIT License[\s\S]*Zalando SE/);
  });

  test('is refused where its contents have changed, though the file is in order', async () => {
    const folder = await temporaryFolder();
    await cp(miniPath, folder, { recursive: true });
    await writeFile(join(folder, fileNames.testLabels), gzipSync(idx([1000], new Uint8Array(1000))));
    const options = { places: { ...emptyPlaces(folder), mini: folder } };
    await expect(loadDataset('mini', options)).rejects.toThrow(
      /t10k-labels-idx1-ubyte\.gz: expected contents with the SHA-256 3128d790.*got .*git checkout/,
    );
  });
});

describe('auto and full', () => {
  /** The places of a machine where `at` holds the full data set, for which the subset stands in. */
  async function placesWith(at: 'cache' | 'system') {
    const places = { ...emptyPlaces(await temporaryFolder()), checksums: miniChecksums };
    await cp(miniPath, places[at], { recursive: true });
    return places;
  }

  test.each([
    ['auto', 'cache'],
    ['auto', 'system'],
    ['full', 'cache'],
    ['full', 'system'],
  ] as const)('%s takes full from the %s folder and has nothing to say', async (choice, at) => {
    const places = await placesWith(at);
    const notices: string[] = [];
    const dataset = await loadDataset(choice, { places, onNotice: (line) => notices.push(line) });
    expect(dataset).toMatchObject({ name: 'full', path: places[at] });
    expect(notices).toEqual([]);
  });

  test('auto takes mini elsewhere and says so in one line', async () => {
    const notices: string[] = [];
    const dataset = await loadDataset('auto', {
      places: emptyPlaces(await temporaryFolder()),
      onNotice: (line) => notices.push(line),
    });
    expect(dataset.name).toBe('mini');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/subset of 6,000.*--dataset full/);
    expect(notices[0]).not.toContain('\n');
  });

  test('auto takes mini where the cache folder holds only some of the files', async () => {
    const places = await placesWith('cache');
    await rm(join(places.cache, fileNames.trainImages));
    expect((await loadDataset('auto', { places })).name).toBe('mini');
  });

  test('a damaged file in the cache folder is named, with how to replace it', async () => {
    const places = await placesWith('cache');
    await truncate(join(places.cache, fileNames.trainLabels), 1000);
    const loading = loadDataset('auto', { places });
    await expect(loading).rejects.toThrow(DatasetError);
    await expect(loading).rejects.toThrow(
      /cache.train-labels-idx1-ubyte\.gz: expected a gzip file.*Delete this file and run with --dataset full/,
    );
  });

  test('a file in the package that is not the original is named, with how to replace it', async () => {
    const places = await placesWith('system');
    await writeDataset(places.system);
    await expect(loadDataset('full', { places })).rejects.toThrow(
      /system.train-images-idx3-ubyte\.gz: .*SHA-256 cf313073.*Reinstall the package dataset-fashion-mnist/,
    );
  });
});

describe('a folder of the user', () => {
  test('is taken, whatever its images are', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, 30, 10);
    const { name, train, test: held } = await load(folder);
    expect([name, train.count, held.count]).toEqual(['custom', 30, 10]);
  });

  test('that does not exist is refused with the choices there are', async () => {
    await expect(load('/no/such/folder')).rejects.toThrow(
      /expected auto, full, mini or a folder, got '\/no\/such\/folder'/,
    );
  });

  test.each([
    ['is missing', 'testImages', undefined, /it is missing/],
    ['is not compressed', 'trainLabels', idx([20], new Uint8Array(20)), /expected a gzip file/],
    [
      'is truncated',
      'trainImages',
      gzipSync(idx([20, 28, 28], new Uint8Array(20 * 784))).subarray(0, 40),
      /gzip/,
    ],
    [
      'is truncated inside of its envelope',
      'trainImages',
      gzipSync(idx([20, 28, 28], new Uint8Array(19 * 784))),
      /expected 15696 bytes for 20x28x28 elements, got 14912/,
    ],
    ['holds no IDX', 'testLabels', gzipSync('what a nice day'), /IDX magic number 0x00000801/],
    [
      'has images of another size',
      'testImages',
      gzipSync(idx([10, 1, 784], new Uint8Array(7840))),
      /got 1x784/,
    ],
    ['has no images', 'trainImages', gzipSync(idx([0, 28, 28], new Uint8Array(0))), /at least one image/],
    [
      'has too few labels',
      'trainLabels',
      gzipSync(idx([19], new Uint8Array(19))),
      /expected 20 labels.*got 19/,
    ],
    [
      'has a label out of range',
      'trainLabels',
      gzipSync(idx([20], new Uint8Array(20).fill(10, 3))),
      /labels from 0 to 9, got 10 at index 3/,
    ],
  ] as const)('is refused where a file %s, by the name of the file', async (_, key, bytes, message) => {
    const folder = await temporaryFolder();
    await writeDataset(folder);
    await rm(join(folder, fileNames[key]));
    if (bytes !== undefined) await writeFile(join(folder, fileNames[key]), bytes);
    const loading = load(folder);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(join(folder, fileNames[key]));
    await expect(loading).rejects.toThrow(/--dataset mini/);
  });
});
