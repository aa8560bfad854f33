/** Reads the four files of a data set from a folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, messageOf } from '../errors.js';
import { longestFile } from '../files/longestFile.js';
import { readAtMost } from '../files/readAtMost.js';
import { checkImageShape, checkLabelCount, checkLabels } from './checks.js';
import { checkedContents } from './contents.js';
import { type Checksums, type FileKey, fileNames } from './files.js';
import { type IdxArray, parseIdx } from './idx.js';
import type { Dataset, LabelledImages } from './images.js';

/** A folder that should hold the four files. */
export interface DatasetFolder {
  readonly path: string;
  /** What the files must contain; left out for a data set that only its owner knows. */
  readonly checksums?: Checksums;
  /** What to do about a file that is missing or broken; ends every error. */
  readonly remedy: string;
}

/** Whether all four files are there, good or bad. */
export function holdsAllFiles(path: string): boolean {
  return Object.values(fileNames).every((name) => existsSync(join(path, name)));
}

/**
 * Loads and checks all four files.
 *
 * @throws DatasetError that names the file, what was expected of it, and how to get it.
 */
export async function loadFolder(folder: DatasetFolder): Promise<Dataset> {
  return {
    train: await loadPart(folder, 'trainImages', 'trainLabels'),
    test: await loadPart(folder, 'testImages', 'testLabels'),
  };
}

async function loadPart(
  folder: DatasetFolder,
  imagesKey: FileKey,
  labelsKey: FileKey,
): Promise<LabelledImages> {
  const images = await loadFile(folder, imagesKey, 3, checkImageShape);
  const count = images.shape[0]!;
  const checkShape = ([length = 0]: readonly number[]) =>
    checkLabelCount(length, count, fileNames[imagesKey]);
  const labels = await loadFile(folder, labelsKey, 1, checkShape, checkLabels);
  return { count, pixels: images.data, labels: labels.data };
}

/** One file, decompressed, parsed and checked; every error gets the file's path and the remedy. */
async function loadFile(
  folder: DatasetFolder,
  key: FileKey,
  dimensions: number,
  checkShape: (shape: readonly number[]) => void,
  check: (elements: Uint8Array) => void = () => {},
): Promise<IdxArray> {
  const path = join(folder.path, fileNames[key]);
  const checksum = folder.checksums?.[key];
  try {
    const contents = await checkedContents(await read(path), { dimensions, checkShape, checksum });
    const array = parseIdx(contents, dimensions);
    check(array.data);
    return array;
  } catch (error) {
    throw new DatasetError(`${path}: ${messageOf(error)}. ${folder.remedy}`, { cause: error });
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readAtMost(path, longestFile.data);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DatasetError(
      missing
        ? 'expected a gzipped IDX file here, but it is missing'
        : `expected a gzipped IDX file here, could not read it: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
