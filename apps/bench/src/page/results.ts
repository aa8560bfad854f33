/** Shows a result while it grows, and gives it away as a file. */
import { reportBody } from '../report/html.js';
import type { BenchResult } from '../results/result.js';

/** Between two drawings: a plot takes time that the page should have for its person. */
const redrawMilliseconds = 1000;

export class ResultView {
  #result: BenchResult | undefined;
  #drawnAt = 0;

  constructor(private readonly element: HTMLElement) {}

  /** Draws if the last time is long enough ago, or at once. */
  async show(result: BenchResult, { atOnce = false } = {}): Promise<void> {
    this.#result = result;
    if (!atOnce && performance.now() - this.#drawnAt < redrawMilliseconds) return;
    const html = await reportBody(result);
    const open = [...this.element.querySelectorAll('details')].map((details) => details.open);
    this.element.innerHTML = html;
    for (const [index, details] of this.element.querySelectorAll('details').entries())
      details.open = open[index] ?? false;
    this.#drawnAt = performance.now();
  }

  /** Downloads the result as JSON. */
  export(): void {
    const url = URL.createObjectURL(
      new Blob([`${JSON.stringify(this.#result)}\n`], { type: 'application/json' }),
    );
    const link = document.createElement('a');
    link.href = url;
    link.download = `bench-${this.#result!.date.slice(0, 19).replaceAll(':', '-')}.json`;
    link.click();
    URL.revokeObjectURL(url);
  }
}
