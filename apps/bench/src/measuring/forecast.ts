/** How long a run will take, from how long the same took at a smaller size: time grows in proportion, or faster. */
import type { Case } from '../grid/cases.js';
import { elementCount } from '../grid/shapes.js';

/** Below so many elements, what an operation costs is not its elements. */
const fewestElements = 16_384;

export class Forecast {
  /** Milliseconds per element by contender and kind of work. */
  readonly #rates = new Map<string, number>();

  constructor(private readonly longestSeconds: number) {}

  learn(contender: string, task: Case, milliseconds: number): void {
    const elements = elementCount(task.shape);
    if (elements >= fewestElements) this.#rates.set(key(contender, task), milliseconds / elements);
  }

  /** Remembers that a case took longer than the limit: a larger one will, too. */
  learnTooLong(contender: string, task: Case): void {
    this.#rates.set(key(contender, task), Number.POSITIVE_INFINITY);
  }

  /** Why a case is left out; undefined if it is not known to take too long. */
  tooLong(contender: string, task: Case): string | undefined {
    const rate = this.#rates.get(key(contender, task)) ?? 0;
    if ((rate * elementCount(task.shape)) / 1000 <= this.longestSeconds) return undefined;
    return `would take longer than the limit of ${this.longestSeconds} s for one run`;
  }
}

/** LeNet's norms are a small part of its step. */
const key = (contender: string, { operation, phase, dataFormat }: Case): string =>
  phase === 'step'
    ? `${contender} ${phase}`
    : `${contender} ${operation} ${phase} ${dataFormat ?? 'channelsFirst'}`;
