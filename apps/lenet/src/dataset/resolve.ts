/** Which data set `--dataset` means, and where its files are. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { counted } from '../counts.js';
import { DatasetError } from '../errors.js';
import { contentsChecksum } from './contents.js';
import { type DownloadObserver, downloadMissing, officialUrl } from './download.js';
import { type Checksums, fullChecksums, miniChecksums } from './files.js';
import { type DatasetFolder, holdsAllFiles, loadFolder } from './folder.js';
import type { Dataset } from './images.js';

/** The folders and the server that hold Fashion-MNIST; tests put others here. */
export interface DatasetPlaces {
  /** The user's cache folder; downloads go there. */
  readonly cache: string;
  /** Where Debian's package dataset-fashion-mnist installs the files. */
  readonly system: string;
  /** The subset that is committed with the trainer. */
  readonly mini: string;
  /** The folder on the server that holds the files, without a slash at its end. */
  readonly url: string;
  /** What the files in `cache`, in `system` and at `url` must contain. */
  readonly checksums: Checksums;
}

export const defaultPlaces = (): DatasetPlaces => ({
  cache: envPaths('bn-fashion-mnist', { suffix: '' }).cache,
  system: '/usr/share/datasets/fashion-mnist',
  mini: fileURLToPath(new URL('../../data/mini', import.meta.url)),
  url: officialUrl,
  checksums: fullChecksums,
});

export interface LoadDatasetOptions extends DownloadObserver {
  readonly places: DatasetPlaces;
  /** Told one line where the answer is not what the user may expect. */
  readonly onNotice?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export const datasetNames = ['full', 'mini', 'custom'] as const;

/** A data set that was loaded, and what it was. */
export interface LoadedDataset extends Dataset {
  readonly name: (typeof datasetNames)[number];
  readonly path: string;
  /** Of all pixels and labels: data sets of the same contents have the same. */
  readonly sha256: string;
}

/**
 * Loads what `choice` names: 'full' (downloaded where it is nowhere on this machine), 'mini', 'auto' (full where that
 * needs no download, else mini), or the path of a folder with four files.
 *
 * @throws DatasetError, DownloadError
 */
export async function loadDataset(choice: string, options: LoadDatasetOptions): Promise<LoadedDataset> {
  const { places } = options;
  if (choice === 'mini') return load('mini', miniFolder(places.mini));
  if (choice === 'full' || choice === 'auto') {
    if (holdsAllFiles(places.cache)) return load('full', cacheFolder(places));
    if (holdsAllFiles(places.system)) return load('full', systemFolder(places));
    if (choice === 'full') {
      await downloadMissing(places.cache, { ...options, ...places });
      return load('full', cacheFolder(places));
    }
    const mini = await load('mini', miniFolder(places.mini));
    options.onNotice?.(
      `Fashion-MNIST is not on this machine: using the committed subset of ${counted(mini.train.count)} training images ` +
        '(--dataset full downloads all of it, 30 MB).',
    );
    return mini;
  }
  const isFolder = await stat(choice).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new DatasetError(
      `--dataset: expected auto, full, mini or a folder, got '${choice}', which is not a folder. ${customRemedy}`,
    );
  }
  return load('custom', { path: choice, remedy: customRemedy });
}

async function load(name: LoadedDataset['name'], folder: DatasetFolder): Promise<LoadedDataset> {
  const dataset = await loadFolder(folder);
  return { name, path: folder.path, sha256: contentsChecksum(dataset), ...dataset };
}

const customRemedy =
  'The four files are at https://github.com/zalandoresearch/fashion-mnist; --dataset full downloads them, ' +
  '--dataset mini needs no download';

const cacheFolder = ({ cache, checksums }: DatasetPlaces): DatasetFolder => ({
  path: cache,
  checksums,
  remedy: 'Delete this file and run with --dataset full to download it again, or run with --dataset mini',
});

const systemFolder = ({ system, checksums }: DatasetPlaces): DatasetFolder => ({
  path: system,
  checksums,
  remedy: 'Reinstall the package dataset-fashion-mnist that it belongs to, or run with --dataset mini',
});

const miniFolder = (path: string): DatasetFolder => ({
  path,
  checksums: miniChecksums,
  remedy: "Restore it with 'git checkout' in this folder, or run with --dataset full",
});
