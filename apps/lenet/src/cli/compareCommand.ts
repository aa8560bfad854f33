/** `compare`: trains every combination of norms, placements, batch sizes, learning rates and seeds, and compares them. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isLaunched, type MpiGroup } from '@bn/mpi';
import { Comparison } from '../compare/comparison.js';
import { cellsOf } from '../compare/grid.js';
import { inWorkers } from '../compare/pool.js';
import type { RunJobs } from '../compare/protocol.js';
import { plural } from '../counts.js';
import type { LoadedDataset } from '../dataset/resolve.js';
import { ComparisonError, InterruptionError } from '../errors.js';
import { checkThreads } from '../run/backend.js';
import { peekHistory } from '../run/metrics.js';
import { inGroup } from '../run/processes.js';
import { tellFolder } from '../run/status.js';
import { markTold, together } from '../training/group.js';
import type { CompareCommandOptions } from './compareOptions.js';
import { ComparisonProgress } from './compareProgress.js';
import { checkTogether, followRuns, inGroupOf, prepareTogether } from './compareTogether.js';
import { loadData } from './data.js';
import { launch } from './launch.js';

/**
 * @param given the names of the options that the user gave
 * @throws InterruptionError once `signal` is given: the same command goes on; ComparisonError where runs failed. That a run
 * diverged is a result.
 */
export async function compareCommand(
  options: CompareCommandOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  checkThreads(options.backend, options.threads);
  const { processes = 1 } = options;
  if (processes > 1 && !isLaunched()) {
    checkTogether(options, given, processes);
    return launch(processes, signal, async (path) =>
      path === undefined ? 'No run was begun' : `The same command resumes what is left in ${path}`,
    );
  }
  await inGroup(options.processes, async (group) => {
    if (group.size === 1) await compareAlone(options, signal);
    else await compareInGroup(options, given, signal, group);
  });
}

async function compareAlone(options: CompareCommandOptions, signal: AbortSignal): Promise<void> {
  const dataset = await loadData(options, signal);
  const threads = options.threads === 'auto' ? shareOfCores(options.jobs) : options.threads;
  const comparison = await openComparison({ ...options, threads }, dataset);
  const runJobs = inWorkers(options.jobs, signal);
  await compareIn(comparison, options, dataset, signal, runJobs, `${options.jobs} at a time`);
}

async function compareInGroup(
  options: CompareCommandOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
  group: MpiGroup,
): Promise<void> {
  const dataset = await prepareTogether(options, given, signal, group);
  if (group.rank > 0) {
    await together(group, () => {});
    return followRuns(group, dataset, signal);
  }
  const comparison = await together(group, () => openComparison({ ...options, threads: 1 }, dataset));
  let areOthersDone = false;
  const runJobs: RunJobs = async (jobs, observer) => {
    await inGroupOf(group, dataset, signal)(jobs, observer);
    areOthersDone = true;
  };
  try {
    await compareIn(comparison, options, dataset, signal, runJobs, `each on ${group.size} processes`);
  } catch (error) {
    throw areOthersDone ? markTold(error) : error;
  }
}

async function openComparison(
  options: CompareCommandOptions & { readonly threads: number },
  dataset: LoadedDataset,
): Promise<Comparison> {
  const path = join(options.out, options.runName);
  const comparison = await Comparison.open(path, cellsOf(options), options, dataset);
  tellFolder(path);
  return comparison;
}

/** Runs a comparison, shows how it gets on and what came of it, and lets the folder go. @param how the runs are trained */
async function compareIn(
  comparison: Comparison,
  options: CompareCommandOptions,
  dataset: LoadedDataset,
  signal: AbortSignal,
  runJobs: RunJobs,
  how: string,
): Promise<void> {
  const { path } = comparison;
  const cells = cellsOf(options);
  let isInterrupted = false;
  try {
    const say = (line: string) => {
      if (!options.quiet) console.log(line);
    };
    say(
      `${cells.length} runs of ${plural(options.epochs, 'epoch')} on ${dataset.name} Fashion-MNIST, ${how}; ${path}`,
    );
    const before = (await comparison.results()).length;
    if (before > 0) say(`${before} of them are finished already`);
    const images = dataset.train.count * options.epochs;
    const progress = new ComparisonProgress(cells.length, before, images, options.quiet);
    try {
      await comparison.run(runJobs, {
        onProgress: (job, seen) => progress.show(job, seen),
        onEnd: async (job, { outcome, message }) => {
          progress.end(job);
          isInterrupted ||= outcome === 'interrupted';
          const [last] = (await peekHistory(join(job.parent, job.name))).slice(-1);
          const accuracy = outcome === 'finished' && last ? `, test acc ${last.testAccuracy.toFixed(3)}` : '';
          say(`${job.name}: ${outcome}${accuracy}${message === '' ? '' : `: ${message}`}`);
        },
      });
    } finally {
      progress.stop();
    }
    if (signal.aborted || isInterrupted) {
      throw new InterruptionError(`Interrupted: the same command resumes what is left in ${path}.`);
    }
    console.log(await comparison.writeSummary(titleOf(options, dataset.train.count)));
    say(`wrote ${path}`);
    const failed = (await comparison.results()).filter(({ outcome }) => outcome === 'failed');
    if (failed.length > 0) {
      throw new ComparisonError(
        `${failed.length} of ${cells.length} runs failed; run the same command to try them again`,
      );
    }
  } finally {
    await comparison.release();
  }
}

/** Threads of each of so many processes, if all of them together are to have one for each core. */
const shareOfCores = (jobs: number): number => Math.max(1, Math.floor(availableParallelism() / jobs));

/** What all runs have in common. */
function titleOf(options: CompareCommandOptions, images: number): string {
  const { epochs, seeds, batchSizes, learningRates, scaleLearningRate } = options;
  const perImages = scaleLearningRate ? ' for 256 images' : '';
  return [
    `LeNet on Fashion-MNIST, ${plural(images, 'image')}`,
    plural(epochs, 'epoch'),
    ...(batchSizes.length === 1 ? [`batch size ${batchSizes[0]}`] : []),
    ...(learningRates.length === 1 ? [`learning rate ${learningRates[0]}${perImages}`] : []),
    seeds.length === 1 ? `seed ${seeds[0]}` : plural(seeds.length, 'seed'),
  ].join(', ');
}
