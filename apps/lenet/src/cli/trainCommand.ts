/** `train`: trains a network, or goes on with one, in one process or several, and leaves a run's folder behind. */

import type { Threads } from '@bn/backends';
import { isLaunched, type MpiGroup } from '@bn/mpi';
import { counted, plural } from '../counts.js';
import { startBackend } from '../run/backend.js';
import { createConfiguration, type RunConfiguration, type RunOptions } from '../run/configuration.js';
import { RunFolder } from '../run/folder.js';
import { inGroup } from '../run/processes.js';
import { lookedUpStanding } from '../run/standing.js';
import { tellFolder } from '../run/status.js';
import { TrainingRun } from '../run/trainingRun.js';
import { together } from '../training/group.js';
import type { EpochMetrics } from '../training/state.js';
import type { Progress } from '../training/train.js';
import { type DataOptions, loadData } from './data.js';
import {
  agreeOnOptions,
  checkGroup,
  followFirst,
  groupText,
  hostsOf,
  leadGroup,
  threadsOf,
} from './groupTraining.js';
import { launch } from './launch.js';
import { newRun, type PreparedRun } from './preparedRun.js';
import { prepareResume } from './resume.js';
import { epochLine, RunProgress, reportLines } from './trainReport.js';

export interface TrainCommandOptions extends DataOptions, RunOptions {
  readonly out: string;
  readonly runName?: string;
  readonly resume?: string;
  readonly threads?: Threads | undefined;
  /** How many train together; left out, as many as mpirun has started, or one. */
  readonly processes?: number;
}

/**
 * @param given the names of the options that the user gave
 * @throws InterruptionError once `signal` is given; it says what is left of the run and how to go on.
 */
export async function trainCommand(
  options: TrainCommandOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { processes = 1 } = options;
  if (processes > 1 && !isLaunched()) {
    // A run that goes on has its own batch size.
    if (options.resume === undefined) checkGroup(options, processes);
    return launch(processes, signal, async (path) =>
      path === undefined ? 'No run was begun' : `Of the run, ${await lookedUpStanding(path, processes)}`,
    );
  }
  await inGroup(options.processes, async (group) => {
    if (group.size > 1) agreeOnOptions(group, options);
    const hosts = hostsOf(group);
    const shared = { ...options, threads: threadsOf(hosts, options.threads) };
    if (group.rank === 0) await trainFirst(shared, given, signal, group, groupText(hosts));
    else await followFirst(shared, given, signal, group);
  });
}

/** What rank 0 does, or a process that is alone: it has the run's folder. @param where the group runs, for the first line */
async function trainFirst(
  options: TrainCommandOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
  group: MpiGroup,
  where: string,
): Promise<void> {
  const prepared = await together(group, () =>
    options.resume === undefined
      ? prepareNew(options, signal)
      : prepareResume(options.resume, options, given, signal),
  );
  try {
    await leadGroup(group, prepared);
    await trainPrepared(prepared, options.quiet, signal, group, where);
  } finally {
    await prepared.release();
  }
}

async function prepareNew(options: TrainCommandOptions, signal: AbortSignal): Promise<PreparedRun> {
  const dataset = await loadData(options, signal);
  const configuration = createConfiguration(options, dataset);
  await startBackend(options.backend, options.threads);
  return newRun({ configuration, dataset, checkpoint: undefined }, () =>
    RunFolder.create(options.out, options.runName, configuration),
  );
}

async function trainPrepared(
  { configuration, dataset, takeFolder }: PreparedRun,
  quiet: boolean,
  signal: AbortSignal,
  group: MpiGroup,
  where: string,
): Promise<void> {
  const say = (line: string) => {
    if (!quiet) console.log(line);
  };
  warnOfSlowness(configuration);
  const { path, run } = await together(group, async () => {
    const folder = await takeFolder();
    tellFolder(folder.path);
    return { path: folder.path, run: await TrainingRun.load(folder) };
  });
  say(describe(configuration, path) + where);
  if (run.isFinished) say(`${path} is finished; resume it with a larger --epochs to train it further`);
  else if (run.history.length > 0 || run.seen > 0) {
    const within = run.seen === 0 ? '' : ` and ${plural(run.seen, 'image')} of the next`;
    say(`resuming after ${plural(run.history.length, 'epoch')}${within}`);
  }
  const progress = new RunProgress(configuration.epochs, quiet);
  try {
    const observer = {
      onStep: (step: Progress) => progress.show(step),
      onEpoch: (metrics: EpochMetrics) => say(epochLine(metrics, configuration.epochs)),
    };
    await run.train(dataset, signal, observer, group);
  } finally {
    progress.stop();
    run.dispose();
  }
  for (const line of reportLines(run.history, configuration)) console.log(line);
  say(`wrote ${path}`);
}

const describe = ({ norm, placement, dataset }: RunConfiguration, path: string): string =>
  `LeNet with norm ${norm}${norm === 'none' ? '' : ` ${placement} the activation`} on ${dataset.name} Fashion-MNIST: ` +
  `${counted(dataset.trainImages)} training and ${counted(dataset.testImages)} test images; ${path}`;

function warnOfSlowness({ backend, dataset }: RunConfiguration): void {
  if (backend !== 'cpu') return;
  console.error(
    "warning: tfjs's cpu backend computes convolutions in plain JavaScript, about 20 examples/s: an epoch of " +
      `${counted(dataset.trainImages)} images takes about ${Math.ceil(dataset.trainImages / 20 / 60)} minutes. ` +
      '--backend wasm is hundreds of times faster.',
  );
}
