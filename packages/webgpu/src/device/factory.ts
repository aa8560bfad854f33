/** How tfjs starts its webgpu backend: as it does by itself, but with errors that say what to do, and with data that are tracked. */
import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedDeviceError } from '../errors.js';
import { watchDevice } from './device.js';
import { explainReads } from './reading.js';
import type { TfjsBackend } from './tfjsBackend.js';
import { track } from './tracking.js';

const name = 'webgpu';
/** tfjs chooses the backend of the highest priority at first; cpu has 1. */
const LAST = 0;

/** Puts itself in the place of the factory that tfjs has registered, or would have registered if there were WebGPU. */
export function prepareFactory(): void {
  const { registryFactory, registry } = tf.engine();
  const registered = registryFactory[name];
  if (registered === undefined) {
    registryFactory[name] = { factory: refuse, priority: LAST };
    return;
  }
  const { factory, priority } = registered;
  const start = async () => {
    await checkAdapter();
    const backend = await factory();
    adopt(backend as unknown as TfjsBackend);
    return backend;
  };
  registryFactory[name] = { factory: start, priority };
  const running = registry[name];
  if (running !== undefined) adopt(running as unknown as TfjsBackend);
}

function adopt(backend: TfjsBackend): void {
  if (!track(backend)) return;
  watchDevice(backend.device);
  explainReads(backend);
}

const refuse = (): never => {
  throw new UnsupportedDeviceError(
    'WebGPU is missing here (there is no navigator.gpu). In a browser: use a current Chrome, Edge, Safari or Firefox, and serve ' +
      "the page by HTTPS or from localhost. In Node: import '@bn/webgpu/node' before anything else that imports tfjs's " +
      "webgpu backend. Or use the backend 'wasm'",
  );
};

/** @throws UnsupportedDeviceError if the browser or Dawn finds no GPU. */
async function checkAdapter(): Promise<void> {
  if ((await navigator.gpu.requestAdapter()) !== null) return;
  throw new UnsupportedDeviceError(
    'WebGPU finds no adapter: the GPU or its driver is not supported, or is blocked. A browser says more on chrome://gpu or ' +
      "about:support; on Linux, Dawn in Node needs a Vulkan driver (libvulkan.so.1). Or use the backend 'wasm'",
  );
}
