/**
 * tfjs's wasm backend on shared memory, in Node, where tfjs itself only ever starts the build whose memory is not shared. Its
 * threaded build is the same kernels (it too runs them on one thread) compiled for memory that can be shared.
 */
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ThreadError } from '../errors.js';
import { nodeModule } from './environment.js';

const BUILD = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
/** What tfjs registers it with. */
const PRIORITY = 2;

/**
 * The threaded build starts eight workers, for which it never has any work. These stand in for them, so that nothing is
 * loaded, until they are stopped.
 */
const idleWorker = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', () => parentPort.postMessage({ cmd: 'loaded' }));`;

/** The parts of an Emscripten module that are needed here. */
interface Module {
  cwrap(
    name: string,
    result: 'number' | null,
    parameters: readonly 'number'[],
  ): (...args: number[]) => number;
  PThread: { terminateAllThreads(): void };
  tfjs: Record<string, (...args: number[]) => number>;
}

type Factory = (options: { locateFile(path: string): string | URL }) => Promise<Module>;

/**
 * Replaces tfjs's wasm backend by one on shared memory. Tensors that are alive stay valid: each is moved when it is first
 * used, and the old backend's memory goes with the last of them. Which backend is current does not change.
 *
 * @throws ThreadError if it cannot be started; the old one stays.
 */
export async function replaceBackend(old: BackendWasm): Promise<BackendWasm> {
  const shared = await createSharedBackend();
  const current = tf.engine().backendName;
  // tfjs would clear the memory of a backend that is removed, with the tensors that are still on it.
  old.dispose = () => {};
  let first: BackendWasm | undefined = shared;
  const factory = () => {
    const backend = first ?? createSharedBackend();
    first = undefined;
    return backend;
  };
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory, PRIORITY);
  await tf.setBackend('wasm');
  if (current && current !== 'wasm') await tf.setBackend(current);
  return shared;
}

async function createSharedBackend(): Promise<BackendWasm> {
  const worker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  try {
    const module = await startModule();
    addBridge(module);
    return new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
  } catch (cause) {
    throw new ThreadError(
      `tfjs's wasm backend could not be started on shared memory: ${cause}. Is ${BUILD} (4.22) installed beside this package, and not bundled?`,
      { cause },
    );
  } finally {
    // The module leaves Node's own class there, which other packages would take for a browser's.
    if (worker) Object.defineProperty(globalThis, 'Worker', worker);
    else delete (globalThis as { Worker?: unknown }).Worker;
  }
}

async function startModule(): Promise<Module> {
  const require = nodeModule('node:module')!.createRequire(import.meta.url);
  const { dirname, join } = nodeModule('node:path')!;
  const path = require.resolve(BUILD);
  const factory = require(path) as Factory;
  const module = await factory({
    locateFile: (file) =>
      file.endsWith('.worker.js')
        ? new URL(`data:text/javascript,${encodeURIComponent(idleWorker)}`)
        : join(dirname(path), file),
  });
  module.PThread.terminateAllThreads();
  return module;
}

/** What tfjs's own initialization adds to the module, and BackendWasm uses. */
function addBridge(module: Module): void {
  const initWithThreadsCount = module.cwrap('init_with_threads_count', null, ['number']);
  module.tfjs = {
    init: module.cwrap('init', null, []),
    // With more, its kernels might one day ask for the workers that were stopped.
    initWithThreadsCount: () => initWithThreadsCount(1),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}
