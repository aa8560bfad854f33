/** The backends in the lab's worker, with the files that its page brings. */
import {
  type BackendName,
  backendNames,
  missingFor,
  softwareRenderer,
  startBackend as start,
  webglRenderer,
  webgpuRenderer,
} from '@bn/backends';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { LabError } from '../errors.js';
import type { BackendAvailability } from '../protocol.js';

const renderers: Partial<Record<BackendName, () => string | undefined | Promise<string | undefined>>> = {
  webgl: webglRenderer,
  webgpu: webgpuRenderer,
};

export const availableBackends = (): Promise<BackendAvailability[]> =>
  Promise.all(backendNames.map(availability));

async function availability(name: BackendName): Promise<BackendAvailability> {
  const missing = missingFor(name);
  if (missing) return { name, missing };
  const find = renderers[name];
  if (find === undefined) return { name };
  const renderer = await find();
  // A browser may know WebGPU and have no device for it.
  if (renderer === undefined) return { name, missing: 'WebGPU' };
  const software = softwareRenderer(renderer);
  return software ? { name, software } : { name };
}

/**
 * @param threads of wasm; others have none
 * @throws LabError where it cannot start; the one before stays current.
 */
export async function startBackend(name: BackendName, threads = 1): Promise<void> {
  if (name === 'wasm') await nameWasmFiles();
  try {
    await start(name, name === 'wasm' ? { threads } : {});
  } catch (error) {
    const message = `TensorFlow.js could not start its backend '${name}'; the browser's console says why`;
    throw new LabError('LAB_BACKEND', { name }, message, { cause: error });
  }
}

async function nameWasmFiles(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasmUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    // What tfjs loads if the page is isolated. See tools/threadedBuildPlugin.mjs.
    'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
  });
}
