/** What several tests need: temporary folders, small data sets, and the command line in a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { fileNames } from '../src/dataset/files.js';
import type { LabelledImages } from '../src/dataset/images.js';
import { type DatasetPlaces, defaultPlaces } from '../src/dataset/resolve.js';

/** A new folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bn-lenet-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The committed subset's folder. */
export const miniPath = defaultPlaces().mini;

/** Places where nothing is but the committed subset. */
export function emptyPlaces(folder: string): DatasetPlaces {
  return {
    ...defaultPlaces(),
    cache: join(folder, 'cache'),
    system: join(folder, 'system'),
    url: 'http://127.0.0.1:9',
  };
}

/** An IDX file of unsigned bytes. */
export function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 | shape.length, 0);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, data]);
}

/** Writes the four files of a data set: black images with the labels 0, 1, 2, ... */
export async function writeDataset(folder: string, trainCount = 20, testCount = 10): Promise<void> {
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, index) => index % 10);
  const contents = {
    trainImages: idx([trainCount, 28, 28], new Uint8Array(trainCount * 784)),
    trainLabels: idx([trainCount], labels(trainCount)),
    testImages: idx([testCount, 28, 28], new Uint8Array(testCount * 784)),
    testLabels: idx([testCount], labels(testCount)),
  };
  for (const [key, bytes] of Object.entries(contents)) {
    await writeFile(join(folder, fileNames[key as keyof typeof contents]), gzipSync(bytes));
  }
}

/** The first images of a part. */
export const first = ({ pixels, labels }: LabelledImages, count: number): LabelledImages => ({
  count,
  pixels: pixels.subarray(0, count * 784),
  labels: labels.subarray(0, count),
});

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line, with a Ctrl-C when its standard output contains `interruptAt`. */
export function lenet(
  parameters: readonly string[],
  options: { cwd: string; interruptAt?: string },
): Promise<Finished> {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...parameters], {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let interrupted = false;
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!interrupted && options.interruptAt !== undefined && stdout.includes(options.interruptAt)) {
      interrupted = child.kill('SIGINT');
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
