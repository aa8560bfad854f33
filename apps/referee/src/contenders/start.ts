/** Starts a contender in this process or page. Each is alone there: kernels of one must not serve another. */
import type { BackendName } from '@bn/backends';
import type { Method, Part, Started } from './contender.js';
import type { JaxDevice } from './jax.js';
import type { Contender } from './list.js';

/** @throws Error if the backend cannot be started */
export async function start({ way, backend }: Contender): Promise<Started> {
  switch (way) {
    case 'onnxruntime': {
      const { onnxruntime } = await import('./onnxruntime.js');
      if (backend === 'webgpu') return onnxruntime(await import('onnxruntime-web/webgpu'), 'webgpu');
      return onnxruntime(await import('onnxruntime-web'), 'wasm');
    }
    case 'jax':
      return (await import('./jax.js')).jax(backend as JaxDevice);
    case 'composed':
      return onTfjs(backend, (await import('./composed.js')).composed);
    case 'batchNorm':
      return onTfjs(backend, (await import('./batchNorm.js')).batchNorm);
    case 'layers':
      return onTfjs(backend, (await import('./layers.js')).layers);
    case 'bn': {
      await (await import('@bn/backends')).startBackend(backend as BackendName);
      return onTfjs(backend, (await import('./bn.js')).bn);
    }
    default:
      throw new Error(`${way} does not run in JavaScript`);
  }
}

const backendsOfTfjs: Readonly<Record<string, () => Promise<unknown>>> = {
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
};

async function onTfjs(backend: string, methods: Omit<Started, 'versions'>): Promise<Started> {
  const tf = await import('@tensorflow/tfjs');
  // Without production mode the cpu backend prints an advertisement on first use.
  tf.enableProdMode();
  await backendsOfTfjs[backend]?.();
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs could not start its backend ${backend}`);
  // What a kernel leaves unwritten is seen.
  if (backend === 'wasm') (await import('@bn/gradients/poisonedHeap')).poisonHeap();
  return { ...scoped(tf.engine(), methods), versions: { 'TensorFlow.js': tf.version_core } };
}

type Engine = ReturnType<typeof import('@tensorflow/tfjs')['engine']>;

/** The same, except that the tensors of a task are disposed of when it has been answered. */
function scoped(engine: Engine, methods: Omit<Started, 'versions'>): Omit<Started, 'versions'> {
  const scope =
    (method: Method): Method =>
    async (golden) => {
      engine.startScope();
      try {
        return await method(golden);
      } finally {
        engine.endScope();
      }
    };
  const entries = Object.entries(methods) as [Part, Method][];
  return Object.fromEntries(entries.map(([part, method]) => [part, scope(method)]));
}
