/** The buffers of one operation: outputs that it leaves, and scratch buffers that are given back at its end. */
import * as tf from '@tensorflow/tfjs-core';
import { BufferSizeError } from '../errors.js';
import { usableBackend } from './device.js';
import { type Parallelism, parallelismOf } from './parallelism.js';
import type { TfjsBackend } from './tfjsBackend.js';

export class Scope {
  readonly #outputs: tf.TensorInfo[] = [];
  readonly #scratch: tf.TensorInfo[] = [];

  readonly parallelism: Parallelism;

  constructor(readonly backend: TfjsBackend) {
    this.parallelism = parallelismOf(backend.device);
  }

  /** A float32 tensor that the operation returns. */
  output(shape: readonly number[]): tf.TensorInfo {
    const info = this.#allocate(shape);
    this.#outputs.push(info);
    return info;
  }

  /** A float32 buffer that lives as long as the operation. */
  scratch(shape: readonly number[]): tf.TensorInfo {
    const info = this.#allocate(shape);
    this.#scratch.push(info);
    return info;
  }

  /** Frees the scratch buffers, and after a failure the outputs too. */
  release(failed: boolean): void {
    const infos = failed ? [...this.#scratch, ...this.#outputs] : this.#scratch;
    for (const { dataId } of infos) this.backend.disposeData(dataId);
  }

  #allocate(shape: readonly number[]): tf.TensorInfo {
    checkFits(this.backend.device, shape);
    return this.backend.makeTensorInfo([...shape], 'float32');
  }
}

/**
 * Refuses a tensor that a shader of this device cannot read whole.
 *
 * @throws BufferSizeError
 */
export function checkFits({ limits }: GPUDevice, shape: readonly number[]): void {
  const bytes = 4 * tf.util.sizeFromShape([...shape]);
  const limit = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (bytes <= limit) return;
  throw new BufferSizeError(
    `A tensor of shape [${shape.join(', ')}] needs a buffer of ${bytes} bytes, and this device allows ${limit} ` +
      "(maxStorageBufferBindingSize, maxBufferSize): use smaller batches, or the backend 'wasm'",
  );
}

/**
 * Runs one operation on the current backend. Its scratch buffers are given back in any case, its outputs if it fails.
 *
 * @throws UnsupportedDeviceError, DeviceLostError and BufferSizeError.
 */
export function operate<T>(compute: (scope: Scope) => T): T {
  const scope = new Scope(usableBackend());
  let failed = true;
  try {
    const result = compute(scope);
    failed = false;
    return result;
  } finally {
    scope.release(failed);
  }
}
