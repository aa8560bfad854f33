/** Progress of a comparison: one bar over all runs. */
import type { Job } from '../compare/protocol.js';
import { ProgressBar } from './progress.js';
import { timeLeft } from './timeLeft.js';

export class ComparisonProgress {
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
