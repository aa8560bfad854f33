/** What can go wrong in a group of processes beyond what @bn/core says, one class per kind of mistake, each with a stable `code`. */
import { NormalizationError } from '@bn/core';

/** No MPI library, or none that this package can use. The message says what to install. */
export class MpiMissingError extends NormalizationError {
  readonly code = 'BN_MPI_MISSING';
}

/** A function of the MPI library failed, or was called when it cannot be. */
export class MpiError extends NormalizationError {
  readonly code = 'BN_MPI';
}

/** Members of a group with different settings, data or versions. Nothing was trained. */
export class AgreementError extends NormalizationError {
  readonly code = 'BN_MPI_AGREEMENT';

  /** @param rank of this member; all throw the same, and one of them may print it */
  constructor(
    message: string,
    readonly rank: number,
  ) {
    super(message);
  }
}
