/** What can go wrong in the lab itself, told as the trainer tells its errors: a code, details, and the text in English. */
import type { ExchangeErrorDetails } from '@bn/exchange';
import type { ErrorDetails, Reason } from '@bn/lenet';

/** The lab's own errors by their codes. */
interface LabErrorDetails {
  LAB_FILE: { readonly file: string; readonly reason: Reason };
  LAB_NO_ANSWER: { readonly file: string };
  LAB_STATUS: { readonly status: number; readonly file: string };
  LAB_GZIP: { readonly bytes: number };
  LAB_BACKEND: { readonly name: string };
  LAB_WORKER: Record<never, never>;
}

type KnownErrors = ErrorDetails & ExchangeErrorDetails & LabErrorDetails;

/** A text for each error of the trainer, its files or the lab that has details. */
export type ErrorTexts = { readonly [Code in keyof KnownErrors]: (details: KnownErrors[Code]) => string };

export class LabError<Code extends keyof LabErrorDetails> extends Error {
  override readonly name = 'LabError';

  constructor(
    readonly code: Code,
    readonly details: LabErrorDetails[Code],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a command threw in the worker. */
export class TrainerError extends Error {
  override readonly name = 'TrainerError';
  readonly code: string | undefined;
  readonly details: unknown;

  constructor({ message, code, details }: Reason) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The worker ended before it answered. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}
