/** What the table of contents is made of. */
import type { Results } from './results.js';

/** What the property tests draw. */
export interface Draws {
  readonly seed: number;
  /** How many inputs each of them draws. */
  readonly runs: number;
}

/** What a behaviour may know about the backend under test. */
export interface Context {
  /** Name of the tfjs backend, current when a behaviour starts. */
  readonly backend: string;
  /** Names of the backends to swap with. */
  readonly swapWith: readonly string[];
  /** Whether the data of a tensor can be read without waiting for them. */
  readonly synchronousReads: boolean | 'slow';
  /** Factor on the errors that are allowed. */
  readonly tolerance: number;
  readonly draws: Draws;
  readonly results: Results;
}

/** A test: throws if the backend does not behave. It disposes every tensor that it makes. */
export type Behaviour = (context: Context) => void | Promise<void>;

/** A row of the matrix: behaviours by the sentence that tells them. */
export interface Feature {
  readonly feature: string;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
}
