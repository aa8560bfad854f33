/**
 * Puts a backend's kernels into tfjs's kernel registry, from where `engine().runKernel` dispatches to whichever tfjs
 * backend is current.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NormalizationBackend } from '../backend.js';
import { BackendError, OptionError } from '../errors.js';
import { kernelFunctions, movingAverageKernel } from './adapter.js';
import { type KernelName, kernelVariant, movingAverageName } from './names.js';

const requiredFunctions = ['moments', 'normalize', 'gradientSums', 'inputGradient'] as const;
const registered = new Map<string, NormalizationBackend>();

/**
 * Registers a backend's kernels for the tfjs backend of its name; replaces those registered before.
 *
 * @throws OptionError where the object lacks a name or one of the four required kernels.
 */
export function registerBackend(backend: NormalizationBackend): void {
  checkBackend(backend);
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

/** Names of the tfjs backends that have normalization kernels, in the order of registration. */
export function registeredBackends(): string[] {
  return [...registered.keys()];
}

/**
 * Makes `name` the current tfjs backend and waits until it is ready.
 *
 * @throws BackendError where tfjs has no such backend, it cannot start, or no normalization kernels are registered
 * for it. The current backend stays what it was.
 */
export async function useBackend(name: string): Promise<void> {
  assertKernels(name);
  if (tf.findBackendFactory(name) == null) {
    throw new BackendError(
      `TensorFlow.js has no backend '${name}': import '@tensorflow/tfjs-backend-${name}' before useBackend('${name}')`,
    );
  }
  const previous = tf.engine().backendName;
  if (previous !== name) await registered.get(previous)?.leave?.();
  const started = await tf.setBackend(name);
  if (!started) {
    if (previous) await tf.setBackend(previous);
    throw new BackendError(`TensorFlow.js could not start its backend '${name}'; its warning above says why`);
  }
  await tf.ready();
}

/**
 * Name of the current tfjs backend. Where none is current (none was set, or it was removed), tfjs starts the best one, as it does for
 * its own operations.
 *
 * @throws BackendError where none can be started at once.
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

/** Throws unless normalization kernels are registered for tfjs backend `name`. */
export function assertKernels(name: string): void {
  if (registered.has(name)) return;
  const packageName = name === 'cpu' ? '@bn/cpu-ref' : `@bn/${name}`;
  const known = registered.size === 0 ? 'none' : registeredBackends().join(', ');
  throw new BackendError(
    `No normalization kernels are registered for the tfjs backend '${name}': import '${packageName}' ` +
      `(registered: ${known})`,
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
