/** `train --resume <file>`: a checkpoint of a training, such as the page saves, becomes a run of its own that goes on. */
import type { NodeBackendName, Threads } from '@bn/backends';
import { counted } from '../counts.js';
import { CheckpointError, DatasetError, messageOf } from '../errors.js';
import { longestFile } from '../files/longestFile.js';
import { readAtMost } from '../files/readAtMost.js';
import { startBackend } from '../run/backend.js';
import { createConfiguration, type RunOptions } from '../run/configuration.js';
import { RunFolder } from '../run/folder.js';
import { decodeSnapshot } from '../training/snapshot.js';
import { type DataOptions, loadData } from './data.js';
import { newRun, type PreparedRun } from './preparedRun.js';

export interface AdoptOptions extends DataOptions {
  readonly backend: NodeBackendName;
  readonly checkpointEvery?: number | undefined;
  readonly out: string;
  readonly runName?: string;
  readonly threads?: Threads | undefined;
}

/**
 * @param epochs where the user wants others than the training had
 * @throws CheckpointError, DatasetError, OptionError, StorageError
 */
export async function adopt(
  path: string,
  options: AdoptOptions,
  epochs: number | undefined,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { backend, checkpointEvery } = options;
  await startBackend(backend, options.threads);
  const { checkpoint, trainCount, ...settings } = await settingsIn(path);
  const dataset = await loadData(options, signal);
  if (dataset.train.count !== trainCount) {
    throw new DatasetError(
      `${dataset.path}: expected the ${counted(trainCount)} training images that ${path} was trained on, got ` +
        `${counted(dataset.train.count)}; name them with --dataset`,
    );
  }
  const run: RunOptions = { ...settings, ...(epochs && { epochs }), backend, checkpointEvery };
  const configuration = createConfiguration(run, dataset);
  return newRun({ configuration, dataset, checkpoint }, async () => {
    const folder = await RunFolder.create(options.out, options.runName, configuration);
    await folder.writeCheckpoint(checkpoint);
    return folder;
  });
}

async function settingsIn(path: string) {
  try {
    const checkpoint = await readAtMost(path, longestFile.checkpoint);
    const { model, settings } = decodeSnapshot(checkpoint);
    const { norm, placement } = model;
    model.dispose();
    return { checkpoint, ...settings, norm, placement };
  } catch (error) {
    throw new CheckpointError(`--resume ${path}: ${messageOf(error)}`, { cause: error });
  }
}
