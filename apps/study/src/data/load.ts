/** The data sets that `--dataset` names. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, fileNames, type LabelledImages, imageSize } from '@bn/lenet';
import { defaultPlaces, loadData } from '@bn/lenet/node';
import { StudyDataError } from '../errors.js';
import { cifarFiles, readCifar10 } from './cifar10.js';
import { cifarCache, downloadCifar10 } from './cifar10Download.js';
import { type ByteImages, channelScale, firstImages, halved, type ImageSet, standardized } from './images.js';

export interface StudyData {
  readonly name: string;
  readonly path: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
}

export interface LoadOptions {
  /** fashion-mnist, cifar10 or a folder. */
  readonly choice: string;
  /** The first of the images, so many at most. */
  readonly trainCount: number;
  readonly testCount: number;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}

/**
 * Images of half the height and width, standardized by the training images' mean and deviation of each channel. Fashion-MNIST is
 * the subset that is committed with apps/lenet: every machine has it, so every machine computes on the same images.
 *
 * @throws StudyDataError that names the folder or file, what it lacks, and what to do; DownloadError.
 */
export async function loadStudyData(options: LoadOptions): Promise<StudyData> {
  const { path, train, test } = await loadBytes(options);
  const trainImages = halved(firstImages(train, options.trainCount));
  const scale = channelScale(trainImages);
  return {
    name: options.choice,
    path,
    train: standardized(trainImages, scale),
    test: standardized(halved(firstImages(test, options.testCount)), scale),
  };
}

interface Loaded {
  readonly path: string;
  readonly train: ByteImages;
  readonly test: ByteImages;
}

async function loadBytes(options: LoadOptions): Promise<Loaded> {
  const { choice } = options;
  if (choice === 'fashion-mnist') return fashionMnist('mini', defaultPlaces().mini, options);
  if (choice === 'cifar10') {
    const path = cifarCache();
    await downloadCifar10(path, options);
    return { path, ...(await readCifar10(path)) };
  }
  if (!(await isFolder(choice))) {
    throw new StudyDataError(
      `--dataset: expected fashion-mnist, cifar10 or a folder, got '${choice}', which is not a folder`,
    );
  }
  if (await hasSome(choice, Object.values(cifarFiles).flat())) return { path: choice, ...(await readCifar10(choice)) };
  if (await hasSome(choice, Object.values(fileNames))) return fashionMnist(choice, choice, options);
  throw new StudyDataError(
    `--dataset: ${choice} has neither Fashion-MNIST's files (${Object.values(fileNames).join(', ')}) nor CIFAR-10's ` +
      `(${Object.values(cifarFiles).flat().join(', ')}); put them there, or omit --dataset`,
  );
}

async function fashionMnist(dataset: string, path: string, { quiet, signal }: LoadOptions): Promise<Loaded> {
  try {
    const { train, test } = await loadData({ dataset, quiet }, signal);
    return { path, train: asImages(train), test: asImages(test) };
  } catch (error) {
    if (error instanceof DatasetError) throw new StudyDataError(error.message, { cause: error });
    throw error;
  }
}

const asImages = (images: LabelledImages): ByteImages => ({
  ...images,
  height: imageSize,
  width: imageSize,
  channels: 1,
});

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );

const hasSome = async (folder: string, names: readonly string[]): Promise<boolean> =>
  (
    await Promise.all(
      names.map((name) =>
        stat(join(folder, name)).then(
          () => true,
          () => false,
        ),
      ),
    )
  ).some(Boolean);
