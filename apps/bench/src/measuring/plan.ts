/** A run before it begins, and what is said of it on its way. */
import type { Case } from '../grid/cases.js';
import type { Contender } from '../grid/contenders.js';
import type { BenchResult, Machine, Settings } from '../results/result.js';

export interface Plan {
  readonly cases: readonly Case[];
  readonly contenders: readonly Contender[];
  readonly settings: Settings;
  readonly machine: Machine;
  readonly command: string;
  /** Tells the programs that are measured from other builds of them. */
  readonly build?: string;
  /** Bytes that are free; a case that may need more is left out. */
  readonly freeMemory: () => number;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly round: number;
  readonly case: Case;
  /** About how many seconds the rest will take. */
  readonly secondsLeft: number;
}

export interface Observer {
  /** After each case of each round: the result so far. */
  onProgress(result: BenchResult, progress: Progress): void | Promise<void>;
}
