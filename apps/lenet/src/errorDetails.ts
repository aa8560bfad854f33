/**
 * The errors that the lab tells in several languages, by their codes: what a text about each needs. The English text is
 * where the error is thrown; the lab has those of other languages.
 */
import type { Difference } from './differences.js';

/** Why something failed, as data: it passes from the worker to the page. */
export interface Reason {
  /** In English. */
  readonly message: string;
  readonly code?: string;
  readonly details?: unknown;
}

/** Sizes in bytes, or numbers of things. */
interface Amounts {
  readonly wanted: number;
  readonly got: number;
}

export interface ErrorDetails {
  LENET_IDX_HEADER: Amounts;
  LENET_IDX_MAGIC: { readonly wanted: string; readonly dimensions: number; readonly got: string };
  LENET_IDX_LENGTH: Amounts & { readonly shape: string };
  LENET_NO_IMAGES: Record<never, never>;
  LENET_MANY_IMAGES: { readonly largest: number; readonly got: number };
  LENET_IMAGE_SIZE: { readonly wanted: string; readonly got: string };
  LENET_LABEL_COUNT: Amounts & { readonly images: string };
  LENET_LABEL: { readonly largest: number; readonly got: number; readonly index: number };

  LENET_LONG_FILE: { readonly largest: number; readonly got: number };
  LENET_NOT_SAFETENSORS: { readonly reason: Reason };

  LENET_SAFETENSORS_DTYPE: { readonly name: string; readonly got: string };

  LENET_UNKNOWN_NORM: { readonly got: string; readonly known: string };
  LENET_UNKNOWN_PLACEMENT: { readonly got: string; readonly known: string };
  LENET_OTHER_NETWORK: { readonly norm: string; readonly differences: readonly Difference[] };
  LENET_SETTINGS: { readonly differences: readonly Difference[] };
  LENET_TRAINING_STATE: { readonly differences: readonly Difference[] };
  LENET_WEIGHTS_ONLY: Record<never, never>;
  LENET_OTHER_DATA: Amounts;
  LENET_LONE_IMAGE: { readonly batchSize: number; readonly count: number };
  LENET_DIVERGED: { readonly seen: number; readonly epoch: number; readonly learningRate: number };
}
