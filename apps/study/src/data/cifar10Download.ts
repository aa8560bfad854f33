/** Fetches CIFAR-10's binary files once into the user's cache; a file appears there whole and verified, or not at all. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DownloadError } from '@bn/lenet';
import { fetchBytes, fetchFailure, ProgressBar, writeFileWhole } from '@bn/lenet/node';
import envPaths from 'env-paths';
import { parseTar } from 'nanotar';
import { cifarFiles } from './cifar10.js';

export const cifarUrl = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
/** Of the archive. */
export const cifarSha256 = 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd';

/** The archive has 170 MB. */
const longestArchive = 2 ** 28;
export const cifarCache = (): string => envPaths('bn-cifar10', { suffix: '' }).cache;

interface DownloadOptions {
  readonly quiet: boolean;
  readonly signal: AbortSignal;
  /** Tests put others here. */
  readonly url?: string;
  readonly sha256?: string;
}

/** @throws DownloadError that names the URL, what happened and what to do. */
export async function downloadCifar10(folder: string, options: DownloadOptions): Promise<void> {
  const names = Object.values(cifarFiles).flat();
  if (names.every((name) => existsSync(join(folder, name)))) return;
  const { url = cifarUrl, sha256 = cifarSha256 } = options;
  try {
    const archive = await fetchArchive(url, options);
    const got = createHash('sha256').update(archive).digest('hex');
    if (got !== sha256) throw new Error(`expected SHA-256 ${sha256}, got ${got}`);
    const files = parseTar(await promisify(gunzip)(archive));
    await mkdir(folder, { recursive: true });
    for (const name of names) {
      const data = files.find((file) => file.name.split('/').at(-1) === name)?.data;
      if (data === undefined) throw new Error(`expected ${name} in the archive, but it is missing`);
      await writeFileWhole(join(folder, name), data);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    throw new DownloadError(
      `could not download ${url}: ${fetchFailure(error)}. Try again later, put ${names.join(', ')} into ${folder} ` +
        'yourself, name a folder that has them with --dataset, or omit --dataset',
      { cause: error },
    );
  }
}

/** The archive, with a progress bar. */
async function fetchArchive(url: string, { quiet, signal }: DownloadOptions): Promise<Uint8Array> {
  const bar = new ProgressBar(quiet);
  try {
    return await fetchBytes(url, {
      longest: longestArchive,
      signal,
      onProgress(received, total = longestArchive) {
        const values = { received: `${(received / 1e6).toFixed(1)} MB` };
        bar.start('cifar-10-binary.tar.gz |{bar}| {percentage}% {received}', total, values);
        bar.update(received, values);
      },
    });
  } finally {
    bar.stop();
  }
}
