/** Starts an implementation on a backend, in the process or worker that is to be the peer. */
import { backendNames, loadBackend } from '@bn/backends';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Backend, Contender, Implementation } from '../grid/contenders.js';
import type { Workbench } from '../measuring/serve.js';
import type { Library } from './tfjs.js';

/** Registers tfjs's backend of a name, and nothing of ours; tfjs itself comes with cpu and webgl. */
const tfjsBackends: Partial<Record<Backend, () => Promise<unknown>>> = {
  cpu: async () => {},
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: async () => {},
};

/** Registers our kernels for tfjs's backend of a name, and what else training on it needs; undefined where there are none. */
function registerOurs(backend: Backend, threads: number): (() => Promise<void>) | undefined {
  const name = backendNames.find((candidate) => candidate === backend);
  return name && (() => loadBackend(name, { threads }));
}

const tfjsLibraries: Partial<Record<Implementation, () => Promise<Library>>> = {
  bn: async () => (await import('./bn.js')).bn,
  composed: async () => (await import('./composed.js')).composed,
  moments: async () => (await import('./moments.js')).moments,
  layers: async () => (await import('./layers.js')).layers,
  'layers-wasm-train': async () => (await import('./layersWasmTrain.js')).layersWasmTrain,
};

/** @throws Error where the backend cannot be started; its message says why. */
export async function startWorkbench({ implementation, backend, threads }: Contender): Promise<Workbench> {
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
  const register = implementation === 'bn' ? registerOurs(backend, threads) : tfjsBackends[backend];
  if (!load || !register) throw new Error(`${implementation} does not run on ${backend} here`);
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
