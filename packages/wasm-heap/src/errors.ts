/** The wasm heap has no room for a kernel's result or scratch space. Dispose tensors, or use smaller batches. */
export class OutOfMemoryError extends Error {
  readonly code = 'BN_OUT_OF_MEMORY';

  constructor(kernelName: string, bytes: number) {
    super(
      `${kernelName} needs ${bytes} bytes more than the wasm heap can give; dispose tensors or use smaller batches`,
    );
    this.name = 'OutOfMemoryError';
  }
}

/** The engine, or the build of tfjs's wasm backend, lacks what these kernels stand on. */
export class UnsupportedBackendError extends Error {
  readonly code = 'BN_UNSUPPORTED_BACKEND';

  constructor(reason: string) {
    super(`@bn/wasm-train cannot run on this wasm backend: ${reason}`);
    this.name = 'UnsupportedBackendError';
  }
}
