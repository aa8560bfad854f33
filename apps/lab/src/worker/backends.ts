/** The backends of the lab: what each needs of the browser, and how its kernels are loaded. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { LabError } from '../errors.js';
import { type BackendAvailability, type BackendName, backendNames } from '../protocol.js';

interface Backend {
  /** What this browser lacks for it. */
  readonly missing: () => BackendAvailability['missing'];
  readonly load: () => Promise<unknown>;
}

const backends: Record<BackendName, Backend> = {
  wasm: {
    missing: () => (typeof WebAssembly === 'undefined' ? 'WebAssembly' : undefined),
    async load() {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      // Its threaded build starts workers from its own source text, which names what a bundler has renamed. It has one
      // thread anyway.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      setWasmPaths({
        'tfjs-backend-wasm.wasm': wasmUrl,
        'tfjs-backend-wasm-simd.wasm': simdUrl,
        // Never loaded, but tfjs wants all three.
        'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
      });
      await import('@bn/wasm');
      await import('@bn/wasm-train');
    },
  },
  webgl: {
    missing: () => (hasWebGL2() ? undefined : 'WebGL 2'),
    load: () => import('@bn/webgl'),
  },
  cpu: {
    missing: () => undefined,
    load: () => import('@bn/cpu-ref'),
  },
};

/** Whether a worker gets WebGL 2, which it does without a document. */
function hasWebGL2(): boolean {
  const context =
    typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  // Browsers allow a page a few contexts only, and tfjs makes its own.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

export const availableBackends = (): BackendAvailability[] =>
  backendNames.map((name) => {
    const missing = backends[name].missing();
    return missing ? { name, missing } : { name };
  });

/** @throws LabError where it cannot start; the one before stays current. */
export async function startBackend(name: BackendName): Promise<void> {
  tf.enableProdMode();
  await backends[name].load();
  try {
    await useBackend(name);
  } catch (error) {
    const message = `TensorFlow.js could not start its backend '${name}'; the browser's console says why`;
    throw new LabError('LAB_BACKEND', { name }, message, { cause: error });
  }
}
