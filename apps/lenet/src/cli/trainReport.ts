/** What `train` shows of a run: a bar while an epoch goes by, a line for each, and the result. */

import { counted } from '../counts.js';
import type { RunConfiguration } from '../run/configuration.js';
import type { EpochMetrics } from '../training/state.js';
import type { Progress } from '../training/train.js';
import { ProgressBar } from './progress.js';
import { timeLeft } from './timeLeft.js';

/** A bar for each epoch. */
export class RunProgress {
  readonly #bar: ProgressBar;

  constructor(
    private readonly epochs: number,
    quiet: boolean,
  ) {
    this.#bar = new ProgressBar(quiet);
  }

  show({ epoch, seen, total, trainLoss, seconds }: Progress): void {
    const speed = seen / seconds;
    const imagesLeft = (this.epochs - epoch + 1) * total - seen;
    const values = {
      loss: trainLoss.toFixed(3),
      speed: counted(Math.round(speed)),
      left: timeLeft(imagesLeft / speed),
    };
    const format = `epoch ${epoch}/${this.epochs} |{bar}| {percentage}% loss {loss} {speed} examples/s, {left} left`;
    this.#bar.start(format, total, values);
    this.#bar.update(seen, values);
    if (seen === total) this.#bar.stop();
  }

  stop(): void {
    this.#bar.stop();
  }
}

export const epochLine = (metrics: EpochMetrics, epochs: number): string =>
  `epoch ${metrics.epoch}/${epochs}: ${outcome(metrics)}, ${metrics.examplesPerSecond.toFixed(1)} examples/sec`;

/** Two lines, as the tutorial prints them. */
export function reportLines(
  history: readonly EpochMetrics[],
  { backend, dataset }: RunConfiguration,
): readonly string[] {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const speed = (history.length * dataset.trainImages) / seconds;
  return [outcome(history.at(-1)!), `${speed.toFixed(1)} examples/sec on ${backend}`];
}

const outcome = ({ trainLoss, trainAccuracy, testAccuracy }: EpochMetrics): string =>
  `loss ${trainLoss.toFixed(3)}, train acc ${trainAccuracy.toFixed(3)}, test acc ${testAccuracy.toFixed(3)}`;
