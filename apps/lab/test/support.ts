/** What the lab's tests need: small data sets, files of other networks, and the trainer's command line. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type FileKey, fileNames, parseIdx } from '@bn/lenet';
import { defaultPlaces } from '@bn/lenet/node';
import { idx } from '@bn/tooling/idx';
import type { DatasetSource } from '../src/protocol.js';

/** The four files of the committed subset, cut to the first images of its parts. */
async function firstImages(
  trainCount: number,
  testCount: number,
): Promise<Record<FileKey, Buffer<ArrayBuffer>>> {
  const cut = async (key: FileKey, dimensions: number, count: number) => {
    const file = await readFile(join(defaultPlaces().mini, fileNames[key]));
    const { shape, data } = parseIdx(gunzipSync(file), dimensions);
    const [total, ...sizes] = shape as [number, ...number[]];
    return idx([count, ...sizes], data.subarray(0, (data.length / total) * count));
  };
  return {
    trainImages: await cut('trainImages', 3, trainCount),
    trainLabels: await cut('trainLabels', 1, trainCount),
    testImages: await cut('testImages', 3, testCount),
    testLabels: await cut('testLabels', 1, testCount),
  };
}

/** Such a data set as files that a person chose. */
export async function idxSource(trainCount: number, testCount: number): Promise<DatasetSource> {
  const { trainImages, trainLabels, testImages, testLabels } = await firstImages(trainCount, testCount);
  return {
    name: 'first images',
    files: {
      trainImages: new Blob([trainImages]),
      trainLabels: new Blob([trainLabels]),
      testImages: new Blob([testImages]),
      testLabels: new Blob([testLabels]),
    },
  };
}
/** Such a data set as a folder that the command line takes. */
export async function writeDataset(folder: string): Promise<void> {
  for (const [key, bytes] of Object.entries(await firstImages(20, 10)) as [FileKey, Buffer][]) {
    await writeFile(join(folder, fileNames[key]), gzipSync(bytes));
  }
}

/** A whole safetensors file of another network. */
export function foreignCheckpoint(): Buffer {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
}

/** Runs the trainer's command line to its end, and gives what it printed. Rejects where it fails. */
export async function lenet(...parameters: readonly string[]): Promise<string> {
  const main = fileURLToPath(new URL('../../lenet/dist/main.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...parameters]);
  return stdout;
}
