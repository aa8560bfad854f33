import type { NetworkName } from '../networks.js';

/** What a rank is asked to measure, in the environment variable BN_JOB; `seconds` is the length of each measurement. */
export type Job =
  | { readonly task: 'lenet'; readonly images: number; readonly threads: number; readonly seconds: number }
  | { readonly task: 'work'; readonly sizes: readonly number[]; readonly seconds: number }
  | {
      readonly task: 'link';
      /** Numbers of values. */
      readonly gathers: readonly number[];
      readonly averages: readonly number[];
      readonly seconds: number;
    }
  | { readonly task: 'messages'; readonly network: NetworkName; readonly seconds: number }
  | { readonly task: 'convolution'; readonly seconds: number };

export type JobOf<Task extends Job['task']> = Extract<Job, { task: Task }>;

/** The environment variables of a rank. */
export const variables = { job: 'BN_JOB', result: 'BN_RESULT' } as const;
