/** What can go wrong on the heap of tfjs's wasm backend; the `code` of an error stays the same from release to release. */
abstract class HeapError extends Error {
  /** Stable identifier of the kind of mistake. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(`@bn/wasm-heap: ${message}`, options);
    this.name = new.target.name;
  }
}

/** The WebAssembly heap has no room for a tensor or for scratch space. Dispose tensors, or use smaller batches. */
export class OutOfMemoryError extends HeapError {
  readonly code = 'BN_OUT_OF_MEMORY';

  /** @param bytes That were asked for. */
  constructor(bytes: number) {
    super(
      `the WebAssembly heap has no ${(bytes / 2 ** 20).toFixed(1)} MiB left (its limit is 4 GiB or less); ` +
        'dispose tensors, or use smaller batches. All tensors keep their values. If memory stays short, tf.setBackend to another ' +
        'backend and back is the last resort',
    );
  }
}

/** The engine, or the build of tfjs's wasm backend, lacks what the kernels stand on; or tfjs could not start the backend. */
export class UnsupportedBackendError extends HeapError {
  readonly code = 'BN_UNSUPPORTED_BACKEND';
}

/** Threads cannot be had here, or one of them has failed; the message says which, and what to do. */
export class ThreadError extends HeapError {
  readonly code = 'BN_THREADS';
}

/** An option out of range or of the wrong type; nothing was changed. */
export class OptionError extends HeapError {
  readonly code = 'BN_OPTION';
}
