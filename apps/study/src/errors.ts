/** The mistakes and failures that a user of the study can run into. The `code` is stable; the message says what to do. */

export abstract class StudyError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option that cannot be used, alone or with the others. */
export class StudyOptionError extends StudyError {
  readonly code = 'STUDY_OPTION';
}

/** A data file that is missing, truncated or corrupt. */
export class StudyDataError extends StudyError {
  readonly code = 'STUDY_DATA';
}

/** Training that left the finite numbers in a run in which the experiment does not expect it. */
export class UnexpectedDivergenceError extends StudyError {
  readonly code = 'STUDY_DIVERGENCE';
}
