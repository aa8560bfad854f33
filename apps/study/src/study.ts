/** Runs experiments one after the other; what is finished is on the disk before the next one begins. */
import os from 'node:os';
import { maximumSeed, pauser } from '@bn/lenet';
import { ProgressBar } from '@bn/lenet/node';
import type { StudyData } from './data/load.js';
import type { Context, Experiment, Measurement, Row } from './experiments/experiment.js';
import { drawSvg } from './report/drawSvg.js';
import { reportHtml } from './report/html.js';
import { type Entry, entryOf, type Results } from './results/entry.js';
import {
  finishedEntry,
  openRunFolder,
  readPlot,
  type Settings,
  writeEntry,
  writeResults,
  writeTables,
} from './results/runFolder.js';

export interface StudyOptions extends Settings {
  readonly experiments: readonly Experiment[];
  readonly data: StudyData;
  /** The run's folder. */
  readonly out: string;
  readonly resume: boolean;
  readonly threads: number | 'auto';
  readonly quiet: boolean;
  readonly signal: AbortSignal;
  /** Told of each experiment when it is finished. */
  readonly onEntry?: (entry: Entry) => void;
}

const barFormat = '{id} |{bar}| {percentage}% time left {left}';

/** @throws the signal's reason; StorageError; UnexpectedDivergenceError. */
export async function runStudy(options: StudyOptions): Promise<Results> {
  const { experiments, out, quick, dataset, backend, seeds } = options;
  const settings: Settings = { quick, dataset, backend, seeds };
  await openRunFolder(out, settings, options.resume);
  const finished = new Map<string, Entry>();
  if (options.resume) {
    for (const { id } of experiments) {
      const entry = await finishedEntry(out, id);
      if (entry !== undefined) finished.set(id, entry);
    }
  }
  const left = experiments.filter(({ id }) => !finished.has(id));
  const costs = left.map(({ seconds }) => seeds * (quick ? seconds.quick : seconds.full));
  const bar = new ProgressBar(options.quiet);
  const begin = performance.now();
  let done = 0;
  let results = resultsOf(options, finished);
  try {
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    for (const [i, experiment] of left.entries()) {
      const update = (share: number) => {
        const reached = done + share * costs[i]!;
        bar.update(reached, { id: experiment.id, left: timeLeft(begin, reached / total) });
      };
      bar.start(barFormat, total, { id: experiment.id, left: timeLeft(begin, done / total) }, done);
      const entry = await runExperiment(experiment, options, update);
      bar.stop();
      done += costs[i]!;
      finished.set(experiment.id, entry);
      results = resultsOf(options, finished);
      await writeReport(options, results);
      options.onEntry?.(entry);
    }
    // A resumed study that had nothing left to do has its report again.
    if (left.length === 0) await writeReport(options, results);
    return results;
  } finally {
    bar.stop();
  }
}

/** From how much is done: a bar's own estimate would begin anew with each experiment. */
function timeLeft(begin: number, done: number): string {
  if (done === 0) return 'unknown';
  const seconds = Math.round(((performance.now() - begin) / 1000) * (1 / done - 1));
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

async function runExperiment(
  experiment: Experiment,
  options: StudyOptions,
  onProgress: (share: number) => void,
): Promise<Entry> {
  const { data, quick, backend, seeds, signal, dataset, threads } = options;
  const begin = performance.now();
  const pause = pauser(signal);
  const measurements: Measurement[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const progress = (share: number) => onProgress((seed + share) / seeds);
    const context: Context = { data, seed, quick, backend, progress, pause };
    measurements.push(await experiment.measure(context));
    await pause();
  }
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  const tables = merged(measurements);
  const settings = { id: experiment.id, quick, dataset, backend, threads, seeds, seconds };
  const svg = await drawSvg(experiment.plot(tables));
  const files = await writeTables(options.out, experiment.id, tables, svg, settings);
  const entry = entryOf(experiment, measurements, files, seconds);
  await writeEntry(options.out, entry);
  return entry;
}

/** The rows of all seeds, with a column that says which. */
function merged(measurements: readonly Measurement[]): Measurement['tables'] {
  const tables: Record<string, Row[]> = {};
  measurements.forEach((measurement, seed) => {
    for (const [name, rows] of Object.entries(measurement.tables)) {
      tables[name] = [...(tables[name] ?? []), ...rows.map((row) => ({ seed, ...row }))];
    }
  });
  return tables;
}

function resultsOf(options: StudyOptions, finished: ReadonlyMap<string, Entry>): Results {
  const { experiments, quick, dataset, backend, threads, seeds, data } = options;
  const entries = experiments.flatMap(({ id }) => finished.get(id) ?? []);
  return {
    experiments: entries,
    settings: {
      quick,
      dataset,
      'training images': data.train.count,
      'test images': data.test.count,
      backend,
      threads,
      seeds,
      seconds: Math.round(entries.reduce((sum, { seconds }) => sum + seconds, 0)),
      machine: os.cpus()[0]?.model.trim() ?? 'unknown',
      node: process.versions.node,
    },
  };
}

async function writeReport({ experiments, out }: StudyOptions, results: Results): Promise<void> {
  const sections = [];
  for (const entry of results.experiments) {
    const experiment = experiments.find(({ id }) => id === entry.id)!;
    sections.push({ experiment, entry, svg: await readPlot(out, entry.id) });
  }
  await writeResults(out, results, reportHtml(results, sections));
}

/** As many as the seeds from 0 on allow. */
export const maximumSeeds = Math.min(100, maximumSeed);
