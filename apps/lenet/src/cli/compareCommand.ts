/** `compare`: trains every combination of norms, placements, batch sizes, learning rates and seeds, and compares them. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { NodeBackendName, Threads } from '@bn/backends';
import { Comparison } from '../compare/comparison.js';
import { cellsOf, type Grid } from '../compare/grid.js';
import type { Job } from '../compare/protocol.js';
import { plural } from '../counts.js';
import { ComparisonError, InterruptionError } from '../errors.js';
import { checkThreads } from '../run/backend.js';
import { peekHistory } from '../run/metrics.js';
import { type DataOptions, loadData } from './data.js';
import { ProgressBar } from './progress.js';
import { timeLeft } from './timeLeft.js';

export interface CompareCommandOptions extends DataOptions, Grid {
  readonly epochs: number;
  readonly scaleLearningRate: boolean;
  readonly backend: NodeBackendName;
  readonly jobs: number;
  readonly threads: Threads;
  readonly out: string;
  readonly runName: string;
}

/**
 * @throws InterruptionError once `signal` is given: the same command goes on; ComparisonError where runs failed. That a run
 * diverged is a result.
 */
export async function compareCommand(options: CompareCommandOptions, signal: AbortSignal): Promise<void> {
  checkThreads(options.backend, options.threads);
  const dataset = await loadData(options, signal);
  const cells = cellsOf(options);
  const path = join(options.out, options.runName);
  const threads = options.threads === 'auto' ? shareOfCores(options.jobs) : options.threads;
  const comparison = await Comparison.open(path, cells, { ...options, threads }, dataset);
  try {
    const say = (line: string) => {
      if (!options.quiet) console.log(line);
    };
    say(
      `${cells.length} runs of ${plural(options.epochs, 'epoch')} on ${dataset.name} Fashion-MNIST, ` +
        `${options.jobs} at a time; ${path}`,
    );
    const before = (await comparison.results()).length;
    if (before > 0) say(`${before} of them are finished already`);
    const images = dataset.train.count * options.epochs;
    const progress = new ComparisonProgress(cells.length, before, images, options.quiet);
    try {
      await comparison.run(options.jobs, signal, {
        onProgress: (job, seen) => progress.show(job, seen),
        onEnd: async (job, { outcome, message }) => {
          progress.end(job);
          const [last] = (await peekHistory(join(job.parent, job.name))).slice(-1);
          const accuracy = outcome === 'finished' && last ? `, test acc ${last.testAccuracy.toFixed(3)}` : '';
          say(`${job.name}: ${outcome}${accuracy}${message === '' ? '' : `: ${message}`}`);
        },
      });
    } finally {
      progress.stop();
    }
    if (signal.aborted) {
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

/** One bar over all runs. */
class ComparisonProgress {
  readonly #bar: ProgressBar;
  readonly #seen = new Map<Job, number>();
  readonly #begun = performance.now();
  /** Runs that were finished before. */
  readonly #endedBefore: number;

  constructor(
    private readonly runs: number,
    private ended: number,
    private readonly imagesPerRun: number,
    quiet: boolean,
  ) {
    this.#bar = new ProgressBar(quiet);
    this.#endedBefore = ended;
  }

  show(job: Job, images: number): void {
    this.#seen.set(job, images);
    const running = [...this.#seen.values()].reduce((sum, one) => sum + one, 0);
    const seen = this.ended * this.imagesPerRun + running;
    const total = this.runs * this.imagesPerRun;
    const speed = (seen - this.#endedBefore * this.imagesPerRun) / (performance.now() - this.#begun);
    const values = { ended: String(this.ended), left: timeLeft((total - seen) / speed / 1000) };
    const format = `{ended}/${this.runs} runs |{bar}| {percentage}%, {left} left`;
    this.#bar.start(format, total, values, seen);
    this.#bar.update(seen, values);
  }

  /** The bar makes room for a line about the run. */
  end(job: Job): void {
    this.#seen.delete(job);
    this.ended++;
    this.#bar.stop();
  }

  stop(): void {
    this.#bar.stop();
  }
}
