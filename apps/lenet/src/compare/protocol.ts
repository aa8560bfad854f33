/** What a comparison and its worker processes say to each other. */
import type { RunConfiguration } from '../run/configuration.js';

/** To a worker: train this run, or go on with it. */
export interface Job {
  /** The folder of all runs. */
  readonly parent: string;
  readonly name: string;
  readonly configuration: RunConfiguration;
  readonly threads: number;
}

/** How a run ended. */
export type Outcome = 'finished' | 'diverged' | 'failed' | 'interrupted';

/** From a worker: now and then how many images it has trained on, and at last how the run ended. */
export type Report =
  | { readonly kind: 'progress'; readonly images: number }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly message: string };
