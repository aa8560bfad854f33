/**
 * A comparison's folder: a run's folder for each combination, and what they came to, written anew after each of them. Runs
 * that are finished are not repeated; those that were interrupted go on.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedDataset } from '../dataset/resolve.js';
import { messageOf, OptionError } from '../errors.js';
import { lockFolder } from '../files/lock.js';
import { writeFileWhole } from '../files/writeFile.js';
import { createConfiguration, type RunConfiguration, type RunOptions } from '../run/configuration.js';
import { peekConfiguration, RunFolder } from '../run/folder.js';
import { peekHistory } from '../run/metrics.js';
import { standardSettings } from '../training/settings.js';
import { curveFigures, mainFigures } from './figures.js';
import { type Cell, cellName } from './grid.js';
import { drawFigures } from './plot.js';
import type { Job, JobEnd, JobObserver, RunJobs } from './protocol.js';
import { epochsCsv, type Result, resultsCsv } from './results.js';
import { tableOf } from './tables.js';

/** What all runs of a comparison share. */
export type SharedOptions = Pick<RunOptions, 'epochs' | 'backend'> & {
  /** Whether the learning rate is that of 256 images, and in proportion for other batches. */
  readonly scaleLearningRate: boolean;
  /** Of each run. */
  readonly threads?: number;
};

interface Planned {
  readonly cell: Cell;
  readonly job: Job;
}

/** The batch size that learning rates are for where they are scaled: the tutorial's. */
const referenceBatchSize = 256;

export class Comparison {
  readonly #ends = new Map<Job, JobEnd>();

  private constructor(
    readonly path: string,
    private readonly planned: readonly Planned[],
    /** Lets other processes have the folder. */
    readonly release: () => Promise<void>,
  ) {}

  /**
   * Takes the folder, new or begun.
   *
   * @throws OptionError if it is in use, cannot be made, or has a run that was started with other options; CheckpointError if
   * a run's files are damaged and cannot be restored.
   */
  static async open(
    path: string,
    cells: readonly Cell[],
    shared: SharedOptions,
    dataset: LoadedDataset,
  ): Promise<Comparison> {
    const parent = join(path, 'runs');
    const planned = cells.map((cell): Planned => {
      const scale = shared.scaleLearningRate ? cell.batchSize / referenceBatchSize : 1;
      const options = { ...standardSettings, ...cell, ...shared, learningRate: cell.learningRate * scale };
      const configuration = createConfiguration(options, dataset);
      const { threads = 1 } = shared;
      return { cell, job: { parent, name: cellName(cell), configuration, threads } };
    });
    try {
      await mkdir(parent, { recursive: true });
    } catch (error) {
      throw new OptionError(`--out: cannot write to ${path}: ${messageOf(error)}; choose another folder`, {
        cause: error,
      });
    }
    const release = await lockFolder(path);
    try {
      for (const { job } of planned) {
        await checkBegun(job);
        await restoreMetrics(join(job.parent, job.name));
      }
      return new Comparison(path, planned, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Runs what is not finished; results are kept as they come. */
  async run(runJobs: RunJobs, observer: JobObserver): Promise<void> {
    const finished = await Promise.all(this.planned.map(isFinished));
    const jobs = this.planned.filter((_, index) => !finished[index]).map(({ job }) => job);
    await runJobs(jobs, {
      onProgress: observer.onProgress,
      onEnd: async (job, end) => {
        this.#ends.set(job, end);
        await this.#writeTables();
        await observer.onEnd(job, end);
      },
    });
    await this.#writeTables();
  }

  /** Those of the runs that have ended, in the order of the grid. */
  async results(): Promise<Result[]> {
    const results = this.planned.map(async (planned): Promise<Result[]> => {
      const { cell, job } = planned;
      const history = await peekHistory(join(job.parent, job.name));
      const end = (await isFinished(planned))
        ? { outcome: 'finished' as const, message: '' }
        : this.#ends.get(job);
      if (end === undefined) return [];
      return [{ ...cell, stepSize: job.configuration.learningRate, ...end, history }];
    });
    return (await Promise.all(results)).flat();
  }

  /** Tables for people, and the plot. */
  async writeSummary(title: string): Promise<string> {
    const results = await this.results();
    const main = mainFigures(results);
    const summary = main.map(tableOf).join('\n');
    await writeFileWhole(join(this.path, 'summary.md'), `${title}\n\n${summary}`);
    const svg = await drawFigures([...main, ...curveFigures(results)], title);
    await writeFileWhole(join(this.path, 'comparison.svg'), svg);
    return summary;
  }

  async #writeTables(): Promise<void> {
    const results = await this.results();
    await writeFileWhole(join(this.path, 'results.csv'), resultsCsv(results));
    await writeFileWhole(join(this.path, 'epochs.csv'), epochsCsv(results));
  }
}

async function isFinished({ job }: Planned): Promise<boolean> {
  const history = await peekHistory(join(job.parent, job.name));
  return history.length === job.configuration.epochs;
}

/**
 * A run's metrics may be damaged; its checkpoint holds them too.
 *
 * @throws CheckpointError that names the file, if that is damaged as well.
 */
async function restoreMetrics(path: string): Promise<void> {
  try {
    await peekHistory(path);
  } catch {
    const folder = await RunFolder.open(path);
    try {
      await folder.restoreHistory();
    } finally {
      await folder.release();
    }
  }
}

/** A run that is there must be the one that is wanted. */
async function checkBegun({ parent, name, configuration }: Job): Promise<void> {
  const path = join(parent, name);
  const begun = await peekConfiguration(path);
  if (begun === undefined) return;
  const facts = ({ epochs, backend, learningRate, dataset }: RunConfiguration) => ({
    epochs,
    backend,
    'learning rate': learningRate,
    'data set': dataset.sha256,
  });
  const [wanted, got] = [facts(configuration), facts(begun)];
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    if (wanted[key] === got[key]) continue;
    throw new OptionError(
      `${path} was started with ${key} ${got[key]}, this comparison uses ${wanted[key]}: choose another --run-name, ` +
        'or the same options',
    );
  }
}
