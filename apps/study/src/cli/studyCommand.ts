/** What the command does: loads data and backend, runs the experiments, prints the verdicts. */
import { join } from 'node:path';
import { startBackend } from '@bn/lenet/node';
import { loadStudyData } from '../data/load.js';
import { experiments } from '../experiments/index.js';
import { runStudy } from '../study.js';
import type { CommandOptions } from './program.js';

/** Enough for the steps of the longest run, and few enough to load at once. */
const imageCounts = { quick: { train: 2000, test: 500 }, full: { train: 6000, test: 1000 } };

export async function studyCommand(options: CommandOptions, signal: AbortSignal): Promise<void> {
  const { quick, quiet, dataset, backend, threads, resume } = options;
  const { seeds = quick ? 1 : 3, out = join('runs', `study-${timeStamp()}`) } = options;
  await startBackend(backend, threads);
  const counts = quick ? imageCounts.quick : imageCounts.full;
  const data = await loadStudyData({
    choice: dataset,
    trainCount: counts.train,
    testCount: counts.test,
    quiet,
    signal,
  });
  const chosen = experiments.filter(({ id }) => options.only?.includes(id) ?? true);
  if (!quiet) console.error(`writing to ${out}`);
  await runStudy({
    experiments: chosen,
    data,
    out,
    resume,
    quick,
    dataset,
    backend,
    threads,
    seeds,
    quiet,
    signal,
    onEntry: ({ id, verdict, seen }) => console.log(`${id}: ${verdict}. ${seen}`),
  });
  if (!quiet) console.error(`report: ${join(out, 'report.html')}`);
}

/** For example 20260131-235959. */
const timeStamp = (): string =>
  new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
