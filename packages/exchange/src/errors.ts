/**
 * What can be wrong with a file, a model or an argument, one class per kind of mistake. The `code` is stable across releases and
 * translations; the message says what was got, what was wanted and, if it is not obvious, what to do.
 */

/** Sizes in bytes. */
interface Amounts {
  readonly wanted: number;
  readonly got: number;
}

/** By the code of an error that has details: what its message is made of, for texts in other languages. */
export interface ExchangeErrorDetails {
  BN_SAFETENSORS_SHORT: Amounts;
  BN_SAFETENSORS_HEADER_LONG: { readonly largest: number; readonly got: string };
  BN_SAFETENSORS_HEADER_CUT: { readonly wanted: string; readonly got: number };
  BN_SAFETENSORS_HEADER_JSON: Record<never, never>;
  BN_SAFETENSORS_LENGTH: Amounts;
}

/** A code together with its details. */
type Coded = {
  [Code in keyof ExchangeErrorDetails]: {
    readonly code: Code;
    readonly details: ExchangeErrorDetails[Code];
  };
}[keyof ExchangeErrorDetails];

type Options = ErrorOptions & (Coded | { readonly code?: never; readonly details?: never });

/** Every error of this package. */
export abstract class ExchangeError extends Error {
  /** The code of an error that was given none. */
  protected abstract readonly kind: string;
  readonly #code: string | undefined;
  /** What the message is made of, if its code is listed in `ExchangeErrorDetails`. */
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

/** Bytes that are no valid safetensors file. */
export class SafetensorsError extends ExchangeError {
  protected readonly kind = 'BN_SAFETENSORS';
}

/** A valid file has numbers of a type that cannot be read. */
export class DtypeError extends Error {
  override readonly name = 'DtypeError';
  readonly code = 'BN_SAFETENSORS_DTYPE';

  constructor(
    message: string,
    /** The array, and the type that it has. */
    readonly details: { readonly name: string; readonly got: string },
  ) {
    super(message);
  }
}

/** An array that cannot be written as it is. */
export class ArrayError extends ExchangeError {
  protected readonly kind = 'BN_ARRAY';
}

/** A weight of a state dict that is missing, not expected, or other than wanted. */
export interface StateDictDifference {
  /** In the state dict. */
  readonly name: string;
  /** Undefined if no layer wants it. */
  readonly layer?: string;
  /** Type and shape, for example 'F32 [6, 1, 5, 5]'; undefined if no layer wants it. */
  readonly wanted?: string;
  /** Undefined if it is missing. */
  readonly got?: string;
}

/** A state dict that does not fit the model. Nothing was loaded. */
export class StateDictError extends ExchangeError {
  protected readonly kind = 'BN_STATE_DICT';

  constructor(
    message: string,
    /** All that does not fit, if it is for names and shapes. */
    readonly differences: readonly StateDictDifference[] = [],
  ) {
    super(message);
  }
}

/** A model of tf.layers that cannot be written as ONNX. */
export class OnnxError extends ExchangeError {
  protected readonly kind = 'BN_ONNX';
}
