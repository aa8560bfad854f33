/**
 * A run's folder: what was asked for, what came of it, and the weights. Each file is replaced whole, and one process at a
 * time has the folder.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, messageOf, OptionError } from '../errors.js';
import { lockFolder } from '../files/lock.js';
import { longestFile } from '../files/longestFile.js';
import { readAtMost, readText } from '../files/readAtMost.js';
import { removePartialFiles, writeFileWhole } from '../files/writeFile.js';
import { drawCurves } from '../plot/curves.js';
import { decodeState } from '../training/snapshot.js';
import type { EpochMetrics } from '../training/state.js';
import { parseConfiguration, type RunConfiguration } from './configuration.js';
import { formatMetrics, metricsName } from './metrics.js';
import { makeFolder, suggestedName } from './newFolder.js';

const fileNames = {
  configuration: 'config.json',
  metrics: metricsName,
  curves: 'curves.svg',
  checkpoint: 'checkpoint.safetensors',
} as const;

export class RunFolder {
  private constructor(
    /** The folder's path, as the user may type it. */
    readonly path: string,
    readonly configuration: RunConfiguration,
    /** Lets other processes have the folder. */
    readonly release: () => Promise<void>,
  ) {}

  /**
   * Makes a new folder in `parent`.
   *
   * @param name its name; left out, one that tells the runs in `parent` apart
   * @throws OptionError where the name is taken or the folder cannot be made.
   */
  static async create(
    parent: string,
    name: string | undefined,
    configuration: RunConfiguration,
  ): Promise<RunFolder> {
    const path = await makeFolder(parent, name, suggestedName(configuration));
    const release = await lockFolder(path);
    try {
      await removePartialFiles(path);
      await writeFileWhole(join(path, fileNames.configuration), formatConfiguration(configuration));
      return new RunFolder(path, configuration, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /**
   * Takes the folder of a run that was begun.
   *
   * @throws OptionError where it is none or in use; CheckpointError where its configuration is damaged; StorageError where
   * it cannot be written.
   */
  static async open(path: string): Promise<RunFolder> {
    const text = await readConfiguration(path);
    const release = await lockFolder(path);
    try {
      await removePartialFiles(path);
      return new RunFolder(path, parse(path, text), release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** The same folder for a run of more epochs, or with checkpoints at other steps. */
  async reconfigure(configuration: RunConfiguration): Promise<RunFolder> {
    const text = formatConfiguration(configuration);
    if (text !== formatConfiguration(this.configuration)) {
      await writeFileWhole(join(this.path, fileNames.configuration), text);
    }
    return new RunFolder(this.path, configuration, this.release);
  }

  get checkpointPath(): string {
    return checkpointPathOf(this.path);
  }

  /** The last checkpoint; nothing where the run was stopped before its first. */
  readCheckpoint(): Promise<Uint8Array | undefined> {
    return peekCheckpoint(this.path);
  }

  writeCheckpoint(bytes: Uint8Array): Promise<void> {
    return writeFileWhole(this.checkpointPath, bytes);
  }

  /**
   * Writes damaged metrics again, from the checkpoint. Without an epoch in it there is nothing to write, and they go.
   *
   * @throws CheckpointError that names the checkpoint, if it is damaged too.
   */
  async restoreHistory(): Promise<void> {
    const bytes = await this.readCheckpoint();
    let history: readonly EpochMetrics[];
    try {
      history = bytes === undefined ? [] : decodeState(bytes).history;
    } catch (error) {
      throw new CheckpointError(`${this.checkpointPath}: ${messageOf(error)}`, { cause: error });
    }
    if (history.length > 0) await this.writeHistory(history);
    else await rm(join(this.path, fileNames.metrics), { force: true });
  }

  /** What people read of the epochs that a checkpoint holds. Written after it, and again when the run goes on. */
  async writeHistory(history: readonly EpochMetrics[]): Promise<void> {
    const lines = formatMetrics(history);
    const metrics = join(this.path, fileNames.metrics);
    const curves = join(this.path, fileNames.curves);
    // The metrics are written last: where they are these, so are the curves, and drawing takes longer than all else.
    if ((await readFile(metrics, 'utf8').catch(() => '')) === lines && existsSync(curves)) return;
    const { norm, placement, backend, seed } = this.configuration;
    const title = `LeNet on Fashion-MNIST: norm ${norm} ${placement} the activation, seed ${seed}, ${backend}`;
    await writeFileWhole(curves, await drawCurves(history, title));
    await writeFileWhole(metrics, lines);
  }
}

/** The configuration of the run in a folder, in use or not; nothing where there is none. @throws CheckpointError */
export async function peekConfiguration(path: string): Promise<RunConfiguration | undefined> {
  const file = join(path, fileNames.configuration);
  let text: string;
  try {
    text = await readText(file, longestFile.configuration);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CheckpointError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  return parse(path, text);
}

/** The last checkpoint of the run in a folder, in use or not; nothing where there is none. @throws CheckpointError */
export async function peekCheckpoint(path: string): Promise<Uint8Array | undefined> {
  const file = checkpointPathOf(path);
  try {
    return await readAtMost(file, longestFile.checkpoint);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CheckpointError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

export const checkpointPathOf = (path: string): string => join(path, fileNames.checkpoint);

const formatConfiguration = (configuration: RunConfiguration): string =>
  JSON.stringify(configuration, undefined, 2) + '\n';

async function readConfiguration(path: string): Promise<string> {
  const file = join(path, fileNames.configuration);
  try {
    return await readText(file, longestFile.configuration);
  } catch (error) {
    throw new OptionError(
      `expected the folder of a run, got '${path}', whose ${fileNames.configuration} cannot be read: ` +
        messageOf(error),
      { cause: error },
    );
  }
}

function parse(path: string, text: string): RunConfiguration {
  try {
    return parseConfiguration(text);
  } catch (error) {
    throw new CheckpointError(`${join(path, fileNames.configuration)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
