/** About how long the rest of a run will take: as long as the same cases took before; others by their size. */
import { type Case, caseKey } from '../grid/cases.js';
import { byteCount } from '../grid/shapes.js';
import type { BenchResult } from '../results/result.js';
import { isRoundOf } from './cell.js';

/** A case takes as long as at no size, and as long again for each so many bytes. */
const bytesOfDouble = 8 * 2 ** 20;
const relative = ({ shape }: Case): number => 1 + byteCount(shape) / bytesOfDouble;

export class TimeLeft {
  /** Seconds that a case took, in each round that measured it. */
  readonly #seconds = new Map<string, number[]>();

  constructor(private readonly result: BenchResult) {}

  /** A case took so many seconds in a round. Rounds that an interrupted run has measured take none, and teach nothing. */
  learn(task: Case, round: number, seconds: number): void {
    if (seconds < 0.001 || !isRoundOf(task, round, this.result.settings)) return;
    this.#seconds.set(caseKey(task), [...(this.#seconds.get(caseKey(task)) ?? []), seconds]);
  }

  /** Seconds from the end of a case, by its index among the rows, in a round. */
  after(round: number, index: number): number {
    const { rows, settings } = this.result;
    const unit = this.#secondsOfSmallest();
    let left = 0;
    for (let later = round; later < settings.rounds; later++) {
      for (const row of later === round ? rows.slice(index + 1) : rows) {
        if (!isRoundOf(row, later, settings) || isMeasured(row, later)) continue;
        left += mean(this.#seconds.get(caseKey(row)) ?? [unit * relative(row)]);
      }
    }
    return left;
  }

  #secondsOfSmallest(): number {
    let [seconds, units] = [0, 0];
    for (const row of this.result.rows) {
      const measured = this.#seconds.get(caseKey(row));
      if (!measured) continue;
      seconds += mean(measured);
      units += relative(row);
    }
    return units === 0 ? 0 : seconds / units;
  }
}

const isMeasured = ({ cells }: BenchResult['rows'][number], round: number): boolean =>
  Object.values(cells).some(({ milliseconds }) => milliseconds[round] !== undefined);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
