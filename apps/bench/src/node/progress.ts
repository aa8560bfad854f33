/** Progress on standard error: a bar on a terminal, now and then a line elsewhere. */
import cliProgress from 'cli-progress';
import { caseTitle } from '../grid/cases.js';
import type { Progress } from '../measuring/plan.js';
import { duration } from '../report/format.js';

/** Between two lines if there is no terminal. */
const plainMilliseconds = 10_000;

export class ProgressBar {
  #bar: cliProgress.SingleBar | undefined;

  update({ done, total, round, case: current, secondsLeft }: Progress): void {
    const values = { round: String(round + 1), left: duration(secondsLeft), case: caseTitle(current) };
    if (this.#bar) this.#bar.update(done, values);
    else this.#bar = started(done, total, values);
  }

  stop(): void {
    this.#bar?.stop();
  }
}

function started(done: number, total: number, values: Record<string, string>): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% | round {round} | about {left} left | {case}',
      barsize: 24,
      clearOnComplete: true,
      noTTYOutput: true,
      notTTYSchedule: plainMilliseconds,
      fps: 5,
      // Ctrl-C is the command's to handle.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, done, values);
  return bar;
}
