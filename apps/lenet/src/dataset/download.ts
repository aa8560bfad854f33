/** Fetches the files of Fashion-MNIST into a folder; a file appears there whole and verified, or not at all. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloadError } from '../errors.js';
import { writeFileWhole } from '../files/writeFile.js';
import { checkCount, checkImageShape } from './checks.js';
import { checkedContents } from './contents.js';
import { fetchBytes, fetchFailure } from './fetchBytes.js';
import { type Checksums, type FileKey, fileNames } from './files.js';

/** Where Zalando publishes the files. */
export const officialUrl = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

/** Twice as much as the largest of the files. */
const longestDownload = 2 ** 26;

export interface DownloadObserver {
  /** Bytes of `name` that have arrived, of `total` where the server says how many there are. */
  onProgress?(name: string, received: number, total: number | undefined): void;
  /** `name` is complete and verified. */
  onFile?(name: string): void;
}

export interface DownloadOptions extends DownloadObserver {
  /** The folder on the server that holds the four files, without a slash at its end. */
  readonly url: string;
  /** What the files must contain. */
  readonly checksums: Checksums;
  /** Stops the download. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads those of the four files that `folder` does not hold yet.
 *
 * @throws DownloadError that names the URL, what happened and what to do.
 */
export async function downloadMissing(folder: string, options: DownloadOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [key, name] of Object.entries(fileNames) as [FileKey, string][]) {
    const path = join(folder, name);
    if (existsSync(path)) continue;
    const url = `${options.url}/${name}`;
    try {
      const compressed = await fetchBytes(url, {
        longest: longestDownload,
        signal: options.signal,
        onProgress: (received, total) => options.onProgress?.(name, received, total),
      });
      const images = key.endsWith('Images');
      await checkedContents(compressed, {
        dimensions: images ? 3 : 1,
        checkShape: images ? checkImageShape : checkCount,
        checksum: options.checksums[key],
      });
      await writeFileWhole(path, compressed);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new DownloadError(
        `could not download ${url}: ${fetchFailure(error)}. Try again later, put the four files into ${folder} ` +
          'yourself, name another server with --dataset-url, or train on the committed subset with --dataset mini',
        { cause: error },
      );
    }
    options.onFile?.(name);
  }
}
