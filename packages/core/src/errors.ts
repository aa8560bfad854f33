/**
 * What a user can get wrong, one class per kind of mistake. The `code` is stable across releases and translations;
 * the message says what was got, what was wanted and, if it is not obvious, what to do.
 */
export abstract class NormalizationError extends Error {
  /** Stable identifier of the kind of mistake. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A tensor of the wrong rank, size or element count. */
export class ShapeError extends NormalizationError {
  readonly code = 'BN_SHAPE';
}

/** A tensor of a dtype other than float32, or something that is no tensor at all. */
export class DtypeError extends NormalizationError {
  readonly code = 'BN_DTYPE';
}

/** An option outside its range, of the wrong type, missing, or unknown. */
export class OptionError extends NormalizationError {
  readonly code = 'BN_OPTION';
}

/** No tfjs backend of that name, or no normalization kernels for it. */
export class BackendError extends NormalizationError {
  readonly code = 'BN_BACKEND';
}

/** A state dict that does not fit the layer. Nothing was loaded. */
export class StateDictError extends NormalizationError {
  readonly code = 'BN_STATE_DICT';
}

/** A layer or a tensor used after `dispose()`. */
export class DisposedError extends NormalizationError {
  readonly code = 'BN_DISPOSED';
}

/** A group of processes whose members do not run the same steps, or what cannot be computed over a group. */
export class ReducerError extends NormalizationError {
  readonly code = 'BN_REDUCER';
}
