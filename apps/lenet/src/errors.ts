/**
 * What a user of the trainer can run into, one class per kind of mistake. The `code` is stable; the message says what
 * was got, what was wanted and what to do.
 */
import { type Fault, type Reason, textOf } from './faults.js';

export abstract class LenetError extends Error {
  /** Stable identifier of the kind of mistake. */
  abstract readonly code: string;
  /** What the message is made of, where the page has it in other languages. */
  readonly fault: Fault | undefined;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(textOf(reason), options);
    this.name = new.target.name;
    this.fault = typeof reason === 'string' ? undefined : reason;
  }
}

/** An option whose value cannot be used, alone or with the others. */
export class OptionError extends LenetError {
  readonly code = 'LENET_OPTION';
}

/** A data file that is missing, truncated, corrupt, or does not go with the others. */
export class DatasetError extends LenetError {
  readonly code = 'LENET_DATASET';
}

/** A file that could not be fetched. */
export class DownloadError extends LenetError {
  readonly code = 'LENET_DOWNLOAD';
}

/** Bytes that are no safetensors file. */
export class SafetensorsError extends LenetError {
  readonly code = 'LENET_SAFETENSORS';
}

/** A checkpoint that is no checkpoint of this model. Nothing was loaded. */
export class CheckpointError extends LenetError {
  readonly code = 'LENET_CHECKPOINT';
}

/** Training that has left the realm of finite numbers and cannot come back. */
export class DivergenceError extends LenetError {
  readonly code = 'LENET_DIVERGENCE';
}

/** A file or folder that could not be written: a full disk, a folder that only reads. What was there before is intact. */
export class StorageError extends LenetError {
  readonly code = 'LENET_STORAGE';
}

/** A picture that is none of the kind that the network sees. */
export class ImageError extends LenetError {
  readonly code = 'LENET_IMAGE';
}

/** A comparison of which some runs could not be made; the others are kept. */
export class ComparisonError extends LenetError {
  readonly code = 'LENET_COMPARISON';
}

/** A command that was told to stop, and what it leaves behind. */
export class InterruptionError extends LenetError {
  readonly code = 'LENET_INTERRUPTION';
}

/** Why anything was thrown: its fault where it has one, else its message. */
export const reasonOf = (error: unknown): Reason =>
  (error instanceof Error && (error as Error & { fault?: Fault }).fault) || messageOf(error);

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
