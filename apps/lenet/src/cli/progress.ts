/** Progress on standard error: a bar on a terminal, now and then a line elsewhere, nothing where quiet is asked for. */
import cliProgress from 'cli-progress';

/** Between two lines where there is no terminal. */
const plainMilliseconds = 5000;

/** One bar at a time, from `start` to `stop`. */
export class ProgressBar {
  #bar: cliProgress.SingleBar | undefined;

  constructor(private readonly quiet: boolean) {}

  /**
   * @param format cli-progress's: `{bar}`, `{percentage}` and the keys of `values`
   * @param begin where the bar stands at first
   */
  start(format: string, total: number, values: Readonly<Record<string, string>>, begin = 0): void {
    if (this.quiet || this.#bar !== undefined) return;
    this.#bar = new cliProgress.SingleBar(
      {
        format,
        barsize: 24,
        clearOnComplete: true,
        // A process that is killed must not leave the terminal without line breaks.
        linewrap: true,
        noTTYOutput: true,
        notTTYSchedule: plainMilliseconds,
        fps: 10,
        // Ctrl-C is the command's to handle.
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
    this.#bar.start(total, begin, values);
  }

  update(value: number, values: Readonly<Record<string, string>>): void {
    this.#bar?.update(value, values);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
