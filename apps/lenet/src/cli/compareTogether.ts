/** `compare` in a group of processes: all of them train each run together, one run after the other, as `train` does. */
import type { MpiGroup } from '@bn/mpi';
import type { Grid } from '../compare/grid.js';
import type { JobEnd, RunJobs } from '../compare/protocol.js';
import { endBy, trainJob } from '../compare/trainJob.js';
import type { Dataset } from '../dataset/images.js';
import type { LoadedDataset } from '../dataset/resolve.js';
import { OptionError } from '../errors.js';
import { startBackend } from '../run/backend.js';
import type { RunConfiguration } from '../run/configuration.js';
import { followRun, shareRun } from '../run/followRun.js';
import { agree } from '../run/processes.js';
import { gatherBytes, isTold, together } from '../training/group.js';
import type { CompareCommandOptions } from './compareOptions.js';
import { loadData } from './data.js';
import { agreeOnData, checkGroup, hostsOf, loadSame, threadsOf } from './groupTraining.js';

/** @throws OptionError for options that are not for several processes */
export function checkTogether(
  { backend, batchSizes }: Pick<CompareCommandOptions, 'backend' | 'batchSizes'>,
  given: ReadonlySet<string>,
  processes: number,
): void {
  checkGroup({ backend, batchSize: Math.min(...batchSizes) }, processes);
  if (processes > 1 && given.has('jobs')) {
    throw new OptionError(
      `--jobs cannot be given for ${processes} processes: they train one run at a time, together; leave it out, or take --jobs ` +
        'without --processes and mpirun',
    );
  }
}

/**
 * What every member does first: all have the same options and images afterwards, and tfjs's backend runs.
 *
 * @throws OptionError, on every member, if they have not
 */
export async function prepareTogether(
  options: CompareCommandOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
  group: MpiGroup,
): Promise<LoadedDataset> {
  const { backend, epochs, scaleLearningRate } = options;
  agree(group, { backend, epochs, 'scaled learning rates': scaleLearningRate, ...listsOf(options) });
  const threads = threadsOf(hostsOf(group), options.threads);
  const isFirst = group.rank === 0;
  const first = await together(group, () => {
    checkTogether(options, given, group.size);
    return isFirst ? loadData(options, signal) : undefined;
  });
  const place = sharePlace(group, first);
  const dataset = await together(group, async () => {
    await startBackend(backend, threads);
    return first ?? loadSame(place, options, given, signal);
  });
  agreeOnData(group, dataset);
  return dataset;
}

const listsOf = ({ norms, placements, batchSizes, learningRates, seeds }: Grid): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      norms,
      placements,
      'batch sizes': batchSizes,
      'learning rates': learningRates,
      seeds,
    }).map(([name, values]) => [name, values.join(', ')]),
  );

type Place = Pick<RunConfiguration['dataset'], 'name' | 'path'>;

/** Where rank 0 has the images. */
function sharePlace(group: MpiGroup, own: Place | undefined): Place {
  const text = own && JSON.stringify({ name: own.name, path: own.path } satisfies Place);
  const [place] = gatherBytes(group, text === undefined ? undefined : new TextEncoder().encode(text));
  return JSON.parse(new TextDecoder().decode(place)) as Place;
}

/** What rank 0 does with the runs of a comparison; the others `followRuns`. */
export const inGroupOf =
  (group: MpiGroup, dataset: Dataset, signal: AbortSignal): RunJobs =>
  async (jobs, { onProgress, onEnd }) => {
    for (const job of jobs) {
      if (signal.aborted) break;
      tellWhetherMore(group, true);
      const end = await endOf(trainJob(job, dataset, signal, (images) => onProgress(job, images), group));
      await together(group, () => onEnd(job, end));
      if (end.outcome === 'interrupted') break;
    }
    tellWhetherMore(group, false);
  };

/** How the work of training a run ends. @throws what not all members have been told of */
async function endOf(training: Promise<void>): Promise<JobEnd> {
  try {
    await training;
    return { outcome: 'finished', message: '' };
  } catch (error) {
    if (!isTold(error)) throw error;
    return endBy(error);
  }
}

/** What the others do: they train along, run after run, and keep nothing. */
export async function followRuns(group: MpiGroup, dataset: Dataset, signal: AbortSignal): Promise<void> {
  while (tellWhetherMore(group)) {
    try {
      await together(group, () => {});
      await followRun(shareRun(group, undefined), dataset, signal, group);
    } catch (error) {
      // Rank 0 knows what it means for the comparison.
      if (!isTold(error)) throw error;
    }
    await together(group, () => {});
  }
}

/** Whether rank 0 begins one more run; that one says so. */
function tellWhetherMore(group: MpiGroup, more?: boolean): boolean {
  const [told] = gatherBytes(group, more === undefined ? undefined : Uint8Array.of(Number(more)));
  return told![0] === 1;
}
