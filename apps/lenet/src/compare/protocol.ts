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

export interface JobEnd {
  readonly outcome: Outcome;
  /** Why it did not finish. */
  readonly message: string;
}

/** Is told how runs get on, and waited for when one has ended. */
export interface JobObserver {
  /** How many images a running job has trained on. */
  readonly onProgress: (job: Job, images: number) => void;
  readonly onEnd: (job: Job, end: JobEnd) => Promise<void>;
}

/** Trains runs, one after the other or some at a time. */
export type RunJobs = (jobs: readonly Job[], observer: JobObserver) => Promise<void>;

/** From a worker: now and then how many images it has trained on, and at last how the run ended. */
export type Report =
  | { readonly kind: 'progress'; readonly images: number }
  | ({ readonly kind: 'end' } & JobEnd);
