/** Starts a backend with our kernels. tfjs is loaded only then: a command line's help does without. */
import type { BackendName } from './list.js';

/** Any number of threads computes the same; 'auto' is one for each core. */
export type Threads = number | 'auto';

export interface StartOptions {
  /** If the backend can use more than one. Default: tfjs's one. */
  readonly threads?: Threads;
}

/** Registers tfjs's backend, our kernels for it, and what else training needs on it. */
const loaders: Record<BackendName, (options: StartOptions) => Promise<void>> = {
  async wasm({ threads }) {
    await import('@tensorflow/tfjs-backend-wasm');
    await import('@bn/wasm-train');
    const { useThreads } = await import('@bn/wasm');
    if (threads !== undefined) await useThreads(threads);
  },
  async webgl() {
    await import('@bn/webgl');
  },
  async webgpu() {
    // Node gets WebGPU from an npm package; the error that says so passes on.
    await (typeof process === 'undefined' ? import('@bn/webgpu') : import('@bn/webgpu/node'));
  },
  async cpu() {
    await import('@bn/cpu-ref');
  },
};

/** Registers what `startBackend` starts, and starts nothing. */
export const loadBackend = (name: BackendName, options: StartOptions = {}): Promise<void> =>
  loaders[name](options);

/**
 * Makes `name` tfjs's current backend, with our kernels. In Node call it before anything else of tfjs.
 *
 * @throws Error if it cannot start; the one before stays current.
 */
export async function startBackend(name: BackendName, options: StartOptions = {}): Promise<void> {
  const tf = await import('@tensorflow/tfjs-core');
  // Without production mode the cpu backend prints an advertisement for tfjs-node on first use.
  tf.enableProdMode();
  await import('@tensorflow/tfjs');
  await loadBackend(name, options);
  const { useBackend } = await import('@bn/core');
  await useBackend(name);
}
