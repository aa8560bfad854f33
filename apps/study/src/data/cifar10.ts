/**
 * The binary files of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html): 10,000 records of 3,073 bytes in each, a class from
 * 0 to 9, then 1,024 bytes each of red, green and blue, row after row.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudyDataError } from '../errors.js';
import type { ByteImages } from './images.js';

export const cifarFiles = {
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: ['test_batch.bin'],
};

const side = 32;
const channels = 3;
const recordLength = 1 + side * side * channels;
const recordsPerFile = 10_000;
const classes = 10;

/** @throws StudyDataError that names the file and what is wrong with it. */
export async function readCifar10(folder: string): Promise<{ train: ByteImages; test: ByteImages }> {
  const read = async (names: readonly string[]) =>
    parseCifar10(await Promise.all(names.map((name) => contentsOf(join(folder, name)))));
  return { train: await read(cifarFiles.train), test: await read(cifarFiles.test) };
}

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function contentsOf(path: string): Promise<File> {
  const remedy = 'Take the files of cifar-10-binary.tar.gz, or let --dataset cifar10 download them';
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'it is missing' : error.message;
    throw new StudyDataError(`${path}: expected a binary file of CIFAR-10 here, ${problem}. ${remedy}`);
  });
  const { size } = status;
  if (size === 0 || size % recordLength !== 0 || size > recordLength * recordsPerFile) {
    throw new StudyDataError(
      `${path}: expected 1 to ${recordsPerFile} records of ${recordLength} bytes, got ${size} bytes. ${remedy}`,
    );
  }
  return { path, bytes: await readFile(path) };
}

/** Images channels last, of all files in their order. */
export function parseCifar10(files: readonly File[]): ByteImages {
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / recordLength, 0);
  const plane = side * side;
  const pixels = new Uint8Array(count * plane * channels);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const { path, bytes } of files) {
    for (let start = 0; start < bytes.length; start += recordLength, image++) {
      const label = bytes[start]!;
      if (label >= classes) {
        throw new StudyDataError(
          `${path}: expected classes from 0 to ${classes - 1}, got ${label} in record ${start / recordLength}`,
        );
      }
      labels[image] = label;
      for (let i = 0; i < plane; i++) {
        for (let channel = 0; channel < channels; channel++) {
          pixels[(image * plane + i) * channels + channel] = bytes[start + 1 + channel * plane + i]!;
        }
      }
    }
  }
  return { count, height: side, width: side, channels, pixels, labels };
}
