/** Fetches the files of Fashion-MNIST into a folder; a file appears there whole and verified, or not at all. */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloadError, messageOf } from '../errors.js';
import { writeFileWhole } from '../files/writeFile.js';
import { checkCount, checkImageShape } from './checks.js';
import { checkedContents } from './contents.js';
import { type Checksums, type FileKey, fileNames } from './files.js';

/** Where Zalando publishes the files. */
export const officialUrl = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

/** A server that sends nothing for this long has stalled. */
const stallMilliseconds = 30_000;

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
    if (await exists(path)) continue;
    const url = `${options.url}/${name}`;
    try {
      const compressed = await fetchBytes(url, options, (received, total) =>
        options.onProgress?.(name, received, total),
      );
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
        `could not download ${url}: ${reasonOf(error)}. Try again later, put the four files into ${folder} ` +
          'yourself, name another server with --dataset-url, or train on the committed subset with --dataset mini',
        { cause: error },
      );
    }
    options.onFile?.(name);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** fetch hides why it failed in the error's cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof TypeError && cause instanceof Error
    ? `${error.message} (${cause.message || (cause as NodeJS.ErrnoException).code})`
    : messageOf(error);
}

async function fetchBytes(
  url: string,
  options: DownloadOptions,
  onProgress: (received: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  const stalled = new AbortController();
  const stall = () =>
    stalled.abort(new Error(`the server sent nothing for ${stallMilliseconds / 1000} seconds`));
  let timer = setTimeout(stall, stallMilliseconds);
  const signals = options.signal === undefined ? [stalled.signal] : [stalled.signal, options.signal];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    if (response.body === null) throw new Error('the server answered with no data');
    const announced = Number(response.headers.get('content-length'));
    const total = announced > 0 ? announced : undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(stall, stallMilliseconds);
      chunks.push(chunk);
      received += chunk.length;
      if (received > longestDownload) throw new Error(`the server sends more than ${longestDownload} bytes`);
      onProgress(received, total);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}
