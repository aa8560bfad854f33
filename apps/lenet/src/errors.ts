/**
 * What a user of the trainer can run into, one class per kind of mistake. The `code` is stable; the message, in English, says
 * what was got, what was wanted and what to do. An error that the lab tells in other languages too has a code of its own and
 * the details that a text needs: see `ErrorDetails`.
 */
import type { ErrorDetails, Reason } from './errorDetails.js';

/** A code together with its details. */
type Coded = {
  [Code in keyof ErrorDetails]: { readonly code: Code; readonly details: ErrorDetails[Code] };
}[keyof ErrorDetails];

type Options = ErrorOptions & (Coded | { readonly code?: never; readonly details?: never });

export abstract class LenetError extends Error {
  /** What an error has as its code that has none of its own. */
  protected abstract readonly kind: string;
  readonly #code: string | undefined;
  /** What the message is made of; undefined where the error is told in English only. */
  readonly details: Coded['details'] | undefined;

  constructor(message: string, { code, details, ...options }: Options = {}) {
    super(message, options);
    this.name = new.target.name;
    this.#code = code;
    this.details = details;
  }

  /** Stable identifier of the mistake, or of its kind. */
  get code(): string {
    return this.#code ?? this.kind;
  }
}

/** An option whose value cannot be used, alone or with the others. */
export class OptionError extends LenetError {
  protected readonly kind = 'LENET_OPTION';
}

/** A data file that is missing, truncated, corrupt, or does not go with the others. */
export class DatasetError extends LenetError {
  protected readonly kind = 'LENET_DATASET';
}

/** A file that could not be fetched. */
export class DownloadError extends LenetError {
  protected readonly kind = 'LENET_DOWNLOAD';
}

/** A checkpoint that is no checkpoint of this model. Nothing was loaded. */
export class CheckpointError extends LenetError {
  protected readonly kind = 'LENET_CHECKPOINT';
}

/** Training that has left the realm of finite numbers and cannot come back. */
export class DivergenceError extends LenetError {
  protected readonly kind = 'LENET_DIVERGENCE';
}

/** A file or folder that could not be written: a full disk, a folder that only reads. What was there before is intact. */
export class StorageError extends LenetError {
  protected readonly kind = 'LENET_STORAGE';
}

/** An unreadable image, or one of the wrong size. */
export class ImageError extends LenetError {
  protected readonly kind = 'LENET_IMAGE';
}

/** A comparison of which some runs could not be made; the others are kept. */
export class ComparisonError extends LenetError {
  protected readonly kind = 'LENET_COMPARISON';
}

/** A command that was told to stop, and what it leaves behind. */
export class InterruptionError extends LenetError {
  protected readonly kind = 'LENET_INTERRUPTION';
}

/** A command that another process has done, and whose errors that one has printed. */
export class PrintedError extends LenetError {
  protected readonly kind = 'LENET_PRINTED';

  constructor(readonly exitCode: number) {
    super(`ended with exit code ${exitCode}`);
  }
}

/** A process of a group that could not go on, so that no other could; the message names its rank. */
export class GroupError extends LenetError {
  protected readonly kind = 'LENET_GROUP';
  /** Whether it was told to stop. */
  readonly isInterruption: boolean;

  constructor(message: string, { isInterruption = false, ...options }: GroupErrorOptions = {}) {
    super(message, options);
    this.isInterruption = isInterruption;
  }
}

interface GroupErrorOptions extends ErrorOptions {
  readonly isInterruption?: boolean;
}

/** Why anything was thrown, as data. */
export function reasonOf(error: unknown): Reason {
  const { code, details } = (error instanceof Error ? error : {}) as Partial<LenetError>;
  return {
    message: messageOf(error),
    ...(typeof code === 'string' && { code }),
    ...(details !== undefined && { details }),
  };
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
