/**
 * What the benchmark asks of a peer: a process of its own that measures one task at a time, so that peers share neither
 * kernels nor a heap. Tasks and answers are lines of JSON on the peer's standard input and output.
 */

/** `batchNormLayer` is the layer in training, which also moves its running statistics. */
export type Operation = 'batchNorm' | 'batchNormLayer' | 'layerNorm' | 'groupNorm';

/** `training`: forward and gradients in x, gamma and beta. `inference`: forward with given statistics, where it has any. */
export type Phase = 'training' | 'inference' | 'copy';

export interface Task {
  readonly operation: Operation;
  readonly phase: Phase;
  /** `[N, C]` or `[N, C, H, W]`. */
  readonly shape: readonly number[];
  /** How long to measure, in milliseconds; at least three runs are made. */
  readonly budget: number;
}

/** Milliseconds of each run, or why the peer can't do the task. */
export type Answer = { readonly milliseconds: readonly number[] } | { readonly unsupported: string };

/** Groups of the group-norm tasks. */
export const NUM_GROUPS = 32;
/** Runs before the first that counts. */
export const WARM_UP = 2;
/** Runs that count at the least. */
export const MIN_RUNS = 3;
