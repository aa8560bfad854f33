/** What several tests need: temporary folders, small data sets, and the command line in a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { direct, type Launcher } from '@bn/tooling/disks';
import { idx } from '@bn/tooling/idx';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { type FileKey, fileNames } from '../src/dataset/files.js';
import type { Dataset, LabelledImages } from '../src/dataset/images.js';
import { type DatasetPlaces, defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { parseCheckpoint } from '../src/model/checkpoint.js';
import type { NamedArrays } from '../src/model/stateArrays.js';
import { decodeState } from '../src/training/snapshot.js';

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

/** Writes the four files of a data set. */
export async function writeImages(folder: string, { train, test }: Dataset): Promise<void> {
  const contents: Record<FileKey, Buffer> = {
    trainImages: idx([train.count, 28, 28], train.pixels),
    trainLabels: idx([train.count], train.labels),
    testImages: idx([test.count, 28, 28], test.pixels),
    testLabels: idx([test.count], test.labels),
  };
  for (const [key, bytes] of Object.entries(contents) as [FileKey, Buffer][]) {
    await writeFile(join(folder, fileNames[key]), gzipSync(bytes));
  }
}

/** Writes a data set of black images with the labels 0, 1, 2, ... */
export function writeDataset(folder: string, trainCount = 20, testCount = 10): Promise<void> {
  const black = (count: number): LabelledImages => ({
    count,
    pixels: new Uint8Array(count * 784),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  });
  return writeImages(folder, { train: black(trainCount), test: black(testCount) });
}

/** Writes a data set of the first images of the committed subset. */
export async function writeFirstImages(folder: string, trainCount: number, testCount: number): Promise<void> {
  const { train, test } = await loadDataset('mini', { places: defaultPlaces() });
  await writeImages(folder, { train: first(train, trainCount), test: first(test, testCount) });
}

/** A folder with 300 training and 100 test images, in which `trainIn` makes runs; `whenDone` as that of `temporaryFolder`. */
export async function folderWithImages(whenDone?: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const folder = await temporaryFolder(whenDone);
  await writeFirstImages(folder, 300, 100);
  return folder;
}

/** The command line that trains in a folder with images. */
export const trainIn = (folder: string, name: string, ...more: readonly string[]): string[] => [
  ...['train', '--dataset', folder, '--out', folder, '--run-name', name, '--batch-size', '50'],
  ...more,
];

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

/** The built command line in a process of its own. */
export class LenetProcess {
  stdout = '';
  stderr = '';
  readonly finished: Promise<Finished>;
  readonly #child: ChildProcess;

  /** @param launcher a program, with parameters, that starts the command line, such as a shell with limits */
  constructor(parameters: readonly string[], cwd: string, launcher = direct) {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const [command, ...rest] = [...launcher.command, process.execPath, main, ...parameters];
    const { uid } = launcher;
    const child = spawn(command!, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...(uid && { uid }) });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child = child;
    this.finished = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves once standard output contains `text`, or the process has ended. */
  prints(text: string): Promise<unknown> {
    const printed = new Promise<void>((resolve) => {
      const look = () => {
        if (this.stdout.includes(text)) resolve();
      };
      this.#child.stdout!.on('data', look);
      look();
    });
    return Promise.race([printed, this.finished]);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  kill(signal: NodeJS.Signals): Promise<Finished> {
    this.#child.kill(signal);
    return this.finished;
  }
}

/** Runs the built command line to its end, with a Ctrl-C when its standard output contains `interruptAt`. */
export async function lenet(
  parameters: readonly string[],
  options: { cwd: string; interruptAt?: string; launcher?: Launcher },
): Promise<Finished> {
  const child = new LenetProcess(parameters, options.cwd, options.launcher);
  if (options.interruptAt === undefined) return child.finished;
  await child.prints(options.interruptAt);
  return child.kill('SIGINT');
}

/** The metrics of a run, but for times. */
export async function outcomesOf(run: string): Promise<object[]> {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { seconds: _, examplesPerSecond: __, ...outcome } = JSON.parse(line);
      return outcome;
    });
}

/** Where a run's checkpoint stands. */
export const stateIn = async (run: string) =>
  decodeState(await readFile(join(run, 'checkpoint.safetensors')));

/** The arrays of a run's checkpoint. */
export const weightsOf = async (run: string): Promise<NamedArrays> =>
  parseCheckpoint(await readFile(join(run, 'checkpoint.safetensors'))).arrays;
