/**
 * Puts a backend's kernels into tfjs's kernel registry, from where `engine().runKernel` dispatches to whichever tfjs
 * backend is current.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NormalizationBackend } from '../backend.js';
import { BackendError, OptionError } from '../errors.js';
import { kernelFunctions, movingAverageKernel } from './adapter.js';
import { composedBackend } from './composedBackend.js';
import { type KernelName, kernelVariant, movingAverageName } from './names.js';

const requiredFunctions = ['moments', 'normalize', 'gradientSums', 'inputGradient'] as const;
const registered = new Map<string, NormalizationBackend>();
/** Names of the tfjs backends whose kernels are composed of tfjs's ops until a package registers its own. */
const composed = new Set<string>();
/** tfjs backends that a package of this project has kernels for. */
const packages: Readonly<Record<string, string>> = {
  cpu: '@bn/cpu-ref',
  wasm: '@bn/wasm',
  webgl: '@bn/webgl',
  webgpu: '@bn/webgpu',
};

/**
 * Registers a backend's kernels for the tfjs backend of its name; replaces those registered before.
 *
 * @throws OptionError if the object lacks a name or one of the four required kernels.
 */
export function registerBackend(backend: NormalizationBackend): void {
  checkBackend(backend);
  composed.delete(backend.name);
  putKernels(backend);
}

function putKernels(backend: NormalizationBackend): void {
  const kernels = kernelFunctions(backend);
  for (const [kernelName, kernelFunc] of Object.entries(kernels) as [KernelName, tf.KernelFunc][]) {
    for (const withGamma of [false, true]) {
      const variant = kernelVariant(kernelName, withGamma);
      replaceKernel(variant, backend.name, kernelFunc);
    }
  }
  replaceKernel(movingAverageName, backend.name, movingAverageKernel(backend));
  registered.set(backend.name, backend);
}

/** Removes the kernel that was registered before, and registers the new one, if there is one. */
function replaceKernel(kernelName: string, backendName: string, kernelFunc: tf.KernelFunc | undefined): void {
  if (tf.getKernel(kernelName, backendName) !== undefined) tf.unregisterKernel(kernelName, backendName);
  if (kernelFunc !== undefined) tf.registerKernel({ kernelName, backendName, kernelFunc });
}

/** Names of the tfjs backends that have normalization kernels of a package or program, in the order of registration. */
export function registeredBackends(): string[] {
  return [...registered.keys()].filter((name) => !composed.has(name));
}

/**
 * Makes `name` the current tfjs backend and waits until it is ready. Any backend of tfjs will do: if no normalization kernels are
 * registered for it, they are composed of tfjs's own operations, which is slower. A warning says so once, and which package
 * to import.
 *
 * @throws BackendError if tfjs has no such backend, or it cannot start, and for webgpu outside of browsers without @bn/webgpu.
 * The current backend stays what it was.
 */
export async function useBackend(name: string): Promise<void> {
  if (tf.findBackendFactory(name) == null) {
    const source =
      name in packages ? `import '@tensorflow/tfjs-backend-${name}'` : 'register it with tf.registerBackend';
    throw new BackendError(`TensorFlow.js has no backend '${name}': ${source} before useBackend('${name}')`);
  }
  checkComposable(name);
  const previous = tf.engine().backendName;
  if (previous !== name) await registered.get(previous)?.leave?.();
  const started = await tf.setBackend(name);
  if (!started) {
    if (previous) await tf.setBackend(previous);
    throw new BackendError(`TensorFlow.js could not start its backend '${name}'; its warning above says why`);
  }
  await tf.ready();
  ensureKernels(name);
}

/**
 * Name of the current tfjs backend. If none is current (none was set, or it was removed), tfjs starts the best one, as it does for
 * its own operations.
 *
 * @throws BackendError if none can be started at once.
 */
export function currentBackend(): string {
  if (!tf.getBackend()) {
    try {
      tf.backend();
    } catch (cause) {
      throw new BackendError(
        `No tfjs backend is current, and none could be started at once: await useBackend(name) first ` +
          `(registered: ${registeredBackends().join(', ') || 'none'})`,
        { cause },
      );
    }
  }
  return tf.getBackend();
}

/** tfjs's webgpu needs a canvas to be read without waiting. Outside of browsers, tensors that leave it would be zeros. */
function checkComposable(name: string): void {
  if (name !== 'webgpu' || registered.has(name) || typeof OffscreenCanvas !== 'undefined') return;
  throw new BackendError(
    "No normalization kernels are registered for the tfjs backend 'webgpu', and outside of browsers its tensors cannot follow to " +
      "another backend without them: import '@bn/webgpu'",
  );
}

/**
 * Composes the kernels of tfjs backend `name` of tfjs's own ops if none are registered for it, and says so.
 *
 * @throws BackendError for webgpu outside of browsers.
 */
export function ensureKernels(name: string): void {
  if (registered.has(name)) return;
  checkComposable(name);
  composed.add(name);
  putKernels(composedBackend(name));
  const faster =
    name in packages ? `import '${packages[name]}'` : 'registerBackend of @bn/core takes kernels of your own';
  console.warn(
    `@bn/core: no normalization kernels are registered for the tfjs backend '${name}', so that they are composed of ` +
      `TensorFlow.js's own operations, which is slower. Faster: ${faster}`,
  );
}

function checkBackend(backend: NormalizationBackend): void {
  if (typeof backend?.name !== 'string' || backend.name === '') {
    throw new OptionError(
      `registerBackend: name must be the name of a tfjs backend, got ${String(backend?.name)}`,
    );
  }
  for (const name of requiredFunctions) {
    if (typeof backend[name] !== 'function') {
      throw new OptionError(`registerBackend: backend '${backend.name}' lacks the kernel ${name}`);
    }
  }
}
