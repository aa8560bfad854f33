/** Starts an implementation on a backend, in the process or worker that is to be the peer. */
import { type BackendName, loadBackend, missingFor } from '@bn/backends';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Contender, Implementation } from '../grid/contenders.js';
import type { Workbench } from '../measuring/serve.js';
import type { Library } from './tfjs.js';

/** Registers tfjs's backend of a name, and nothing of ours; tfjs itself comes with cpu and webgl. */
const tfjsBackends: Record<BackendName, () => Promise<unknown>> = {
  cpu: async () => {},
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: async () => {},
  // In Node ours brings WebGPU. Its kernels have names of their own, which tfjs's operations do not call.
  webgpu: () => (inNode ? import('@bn/webgpu/node') : import('@tensorflow/tfjs-backend-webgpu')),
};

const inNode = typeof process !== 'undefined';

const tfjsLibraries: Partial<Record<Implementation, () => Promise<Library>>> = {
  bn: async () => (await import('./bn.js')).bn,
  composed: async () => (await import('./composed.js')).composed,
  moments: async () => (await import('./moments.js')).moments,
  layers: async () => (await import('./layers.js')).layers,
  'layers-wasm-train': async () => (await import('./layersWasmTrain.js')).layersWasmTrain,
};

const isTfjs = (implementation: Implementation): boolean => tfjsLibraries[implementation] !== undefined;

/** @throws Error if the backend cannot be started; its message says why. */
export async function startWorkbench({ implementation, backend, threads }: Contender): Promise<Workbench> {
  if (backend === 'native') throw new Error(`${implementation} is not a peer in JavaScript`);
  // In Node WebGPU comes with tfjs's backend.
  const missing = inNode && isTfjs(implementation) ? undefined : missingFor(backend);
  if (missing !== undefined) throw new Error(`${missing} is missing here`);
  if (implementation === 'onnxruntime') {
    if (backend === 'webgpu') return (await import('./onnxruntimeWebgpu.js')).onnxruntimeWebgpuWorkbench();
    return (await import('./onnxruntime.js')).onnxruntimeWorkbench(threads);
  }
  if (implementation === 'jax') {
    // It takes all cores if it can share memory, as it can on the page but not in Node; here it is measured with one thread.
    Object.defineProperty(globalThis, 'Worker', { value: undefined, configurable: true });
    return (await import('./jax.js')).jaxWorkbench(backend);
  }
  const load = tfjsLibraries[implementation];
  const register = implementation === 'bn' ? () => loadBackend(backend, { threads }) : tfjsBackends[backend];
  if (!load) throw new Error(`${implementation} does not run on ${backend} here`);
  const tf = await import('@tensorflow/tfjs');
  // Without production mode the cpu backend prints an advertisement on first use.
  tf.enableProdMode();
  await register();
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs could not start its backend ${backend}`);
  const library = await load();
  const { tfjsWorkbench } = await import('./tfjs.js');
  // tfjs alone does not look whether its heap is full: its figures would be of work at address 0.
  if (backend === 'wasm') (await import('@bn/wasm-heap')).guardHeap(tf.backend() as BackendWasm);
  return tfjsWorkbench(library);
}
