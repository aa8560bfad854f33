import { NormalizationError } from '@bn/core';

/** Threads cannot be had here, or one of them has failed; the message says which, and what to do. */
export class ThreadError extends NormalizationError {
  readonly code = 'BN_THREADS';
}
