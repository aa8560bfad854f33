/** `train --resume`: loads a run and its data, and refuses what would make it another run. */
import { stat } from 'node:fs/promises';
import { counted } from '../counts.js';
import type { LoadedDataset } from '../dataset/resolve.js';
import { DatasetError, OptionError } from '../errors.js';
import { startBackend } from '../run/backend.js';
import type { RunConfiguration, RunOptions } from '../run/configuration.js';
import { RunFolder } from '../run/folder.js';
import { type AdoptOptions, adopt } from './adopt.js';
import { loadData } from './data.js';
import { flagOf } from './options.js';
import type { PreparedRun } from './preparedRun.js';

/** Options that do not change what the run computes. */
const allowed = [
  'resume',
  'epochs',
  'checkpointEvery',
  'dataset',
  'datasetUrl',
  'threads',
  'processes',
  'quiet',
];
/** Beside a checkpoint that is in no run's folder yet. */
const allowedForFile = [...allowed, 'backend', 'out', 'runName'];

export interface ResumeOptions extends AdoptOptions {
  readonly epochs: number;
}

/**
 * Takes the run's folder, and starts its backend.
 *
 * @param path of a run's folder, or of a checkpoint that becomes a new run
 * @param given the names of the options that the user gave
 * @throws OptionError, CheckpointError, DatasetError, StorageError
 */
export async function prepareResume(
  path: string,
  options: ResumeOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile()) {
    refuseOthers(given, allowedForFile);
    return adopt(path, options, given.has('epochs') ? options.epochs : undefined, signal);
  }
  const folder = await RunFolder.open(path);
  try {
    refuseOthers(given, allowed, folder.configuration);
    const configuration = changed(folder.configuration, options, given);
    const dataset = await loadSameData(configuration, options, given, signal);
    await startBackend(configuration.backend, options.threads);
    return {
      configuration,
      dataset,
      checkpoint: await folder.readCheckpoint(),
      takeFolder: () => folder.reconfigure(configuration),
      release: folder.release,
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}

function refuseOthers(
  given: ReadonlySet<string>,
  allowed: readonly string[],
  configuration?: RunConfiguration,
): void {
  for (const name of given) {
    if (allowed.includes(name)) continue;
    const flag = flagOf(name);
    const isOwn = name !== 'out' && name !== 'runName';
    const own = configuration && isOwn ? `, ${configuration[name as keyof RunOptions]}` : '';
    throw new OptionError(
      `${flag} cannot be given with --resume: ` +
        (isOwn ? `the run has its own${own}` : 'a run stays in its folder') +
        '; leave it out, or start a new run',
    );
  }
}

function changed(
  configuration: RunConfiguration,
  { epochs, checkpointEvery }: ResumeOptions,
  given: ReadonlySet<string>,
): RunConfiguration {
  if (given.has('epochs') && epochs < configuration.epochs) {
    throw new OptionError(
      `--epochs with --resume: expected ${configuration.epochs}, which the run has, or more, got ${epochs}`,
    );
  }
  return {
    ...configuration,
    ...(given.has('epochs') ? { epochs } : {}),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
  };
}

async function loadSameData(
  { dataset: own }: RunConfiguration,
  options: ResumeOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<LoadedDataset> {
  const choice = own.name === 'custom' ? own.path : own.name;
  const dataset = await loadData(given.has('dataset') ? options : { ...options, dataset: choice }, signal);
  if (dataset.sha256 === own.sha256) return dataset;
  throw new DatasetError(
    `${dataset.path}: expected the images that the run was started with (${own.name}, ${counted(own.trainImages)} for training, ` +
      `SHA-256 ${own.sha256}), got ${counted(dataset.train.count)} with SHA-256 ${dataset.sha256}; ` +
      'name the folder where they are now with --dataset, or start a new run',
  );
}
