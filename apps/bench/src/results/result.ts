/** What a run leaves behind; result.schema.json says the same to programs in other languages. */
import type { Case } from '../grid/cases.js';
import type { Contender } from '../grid/contenders.js';
import type { Memory } from '../measuring/protocol.js';
import type { Interval, Rounds } from '../measuring/statistics.js';

/** Marks the file; the number changes with what its readers have to know. */
export const resultFormat = '@bn/bench result 2';

export interface BenchResult {
  readonly format: typeof resultFormat;
  /** `complete`; `stopped` by a person; `running`, if the process ended before it could say more. */
  state: 'running' | 'complete' | 'stopped';
  readonly command: string;
  /** Tells the programs that were measured from other builds of them. */
  readonly build?: string;
  /** When it began, ISO 8601. */
  readonly date: string;
  seconds: number;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly contenders: Participant[];
  readonly rows: Row[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes; 0 if a browser does not say. */
  readonly memory: number;
  /** Operating system, or what a browser says of it. */
  readonly platform: string;
  /** Node or the browser, with its version. */
  readonly runtime: string;
  /** What the graphics processor calls itself; null if none was used. */
  gpu: string | null;
  /** Versions of tfjs and the peers, by name. */
  readonly versions: Record<string, string>;
}

export interface Settings {
  readonly rounds: number;
  /** Of them, those in which tensors of 8 MB and more are measured; absent if that is all. */
  readonly largeRounds?: number;
  /** Processes of a contender, one after the other, that share the rounds. */
  readonly processes: number;
  /** Milliseconds that a contender measures in one round. */
  readonly budget: number;
  /** What takes more seconds for one run is left out. */
  readonly longestRun: number;
}

export interface Participant extends Contender {
  /** How it runs, in its own words. */
  about?: string;
  /** Why it took no part. */
  missing?: string;
}

/** One case, and what each contender did by its id. */
export interface Row extends Case {
  readonly cells: Record<string, Cell>;
}

export interface Cell {
  /** Median of each round; null if it has none. Empty if the contender was not measured. */
  readonly milliseconds: Rounds;
  /** Runs in all rounds. */
  readonly runs: number;
  /** Median of the rounds, and its interval; absent if nothing was measured, the interval also after one round. */
  readonly median?: number;
  readonly interval?: Interval;
  readonly memory?: Memory;
  /** Why the time is not what it could be. */
  readonly note?: string;
  /** Why it was not measured, which is no fault. */
  readonly leftOut?: string;
  /** How it failed; what it had measured before is kept. */
  readonly failed?: string;
}
