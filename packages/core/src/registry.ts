/**
 * Puts a backend's kernels into tfjs's kernel registry, from where `engine().runKernel` dispatches to whichever tfjs
 * backend is current.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { BackwardResult, ForwardResult, NormalizationBackend } from './backend.js';
import { BackendError, OptionError } from './errors.js';
import type { NormalizationView } from './view.js';

/** Names under which the kernels stand in tfjs's registry; gradients are registered for the same names. */
export const kernelNames = {
  moments: 'NormalizationMoments',
  normalize: 'NormalizationNormalize',
  gradientSums: 'NormalizationGradientSums',
  inputGradient: 'NormalizationInputGradient',
  forward: 'NormalizationForward',
  statistics: 'NormalizationStatistics',
  backward: 'NormalizationBackward',
} as const;

/** What every kernel is told beside its tensors. */
export interface KernelAttributes {
  readonly view: NormalizationView;
  readonly epsilon: number;
}

/**
 * A kernel's name where gamma is given or not. tfjs wants one fixed list of tensors to save for each name's gradient,
 * and gamma, when there is one, is among them.
 */
export const kernelVariant = (name: string, withGamma: boolean): string =>
  withGamma ? `${name}WithGamma` : name;

const requiredFunctions = ['moments', 'normalize', 'gradientSums', 'inputGradient'] as const;
const registered = new Set<string>();

/**
 * Registers a backend's kernels for the tfjs backend of its name; replaces those registered before.
 *
 * @throws OptionError where the object lacks a name or one of the four required kernels.
 */
export function registerBackend(backend: NormalizationBackend): void {
  checkBackend(backend);
  const kernels = kernelFunctions(backend);
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    for (const withGamma of [false, true]) {
      const variant = kernelVariant(kernelName, withGamma);
      if (tf.getKernel(variant, backend.name) !== undefined) {
        tf.unregisterKernel(variant, backend.name);
      }
      tf.registerKernel({ kernelName: variant, backendName: backend.name, kernelFunc });
    }
  }
  registered.add(backend.name);
}

/** Names of the tfjs backends that have normalization kernels, in the order of registration. */
export function registeredBackends(): string[] {
  return [...registered];
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
  const started = await tf.setBackend(name);
  if (!started) {
    if (previous) await tf.setBackend(previous);
    throw new BackendError(`TensorFlow.js could not start its backend '${name}'; its warning above says why`);
  }
  await tf.ready();
}

/** Throws unless normalization kernels are registered for tfjs backend `name`. */
export function assertKernels(name: string): void {
  if (registered.has(name)) return;
  const packageName = name === 'cpu' ? '@bn/cpu-ref' : `@bn/${name}`;
  const known = registered.size === 0 ? 'none' : [...registered].join(', ');
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

type Inputs = Record<string, tf.TensorInfo>;

/** Adapts the contract's functions to tfjs's kernel signature, and composes the fusions that the backend leaves out. */
function kernelFunctions(backend: NormalizationBackend): Record<string, tf.KernelFunc> {
  const kernel =
    (
      compute: (inputs: Inputs, attributes: KernelAttributes) => tf.TensorInfo | tf.TensorInfo[],
    ): tf.KernelFunc =>
    ({ inputs, attrs }) =>
      compute(inputs as Inputs, attrs as unknown as KernelAttributes);

  return {
    [kernelNames.moments]: kernel(({ x }, { view }) => {
      const { mean, variance } = backend.moments(x!, view);
      return [mean, variance];
    }),
    [kernelNames.normalize]: kernel(({ x, mean, variance, gamma, beta }, { view, epsilon }) =>
      backend.normalize(x!, mean!, variance!, gamma, beta, view, epsilon),
    ),
    [kernelNames.gradientSums]: kernel(({ dy, x, mean, variance, gamma }, { view, epsilon }) => {
      const sums = backend.gradientSums(dy!, x!, mean!, variance!, gamma, view, epsilon);
      return [sums.dGamma, sums.dBeta, sums.sumDy, sums.sumDyXhat];
    }),
    [kernelNames.inputGradient]: kernel(
      ({ dy, x, mean, variance, gamma, sumDy, sumDyXhat }, { view, epsilon }) =>
        backend.inputGradient(
          dy!,
          x!,
          mean!,
          variance!,
          gamma,
          { sumDy: sumDy!, sumDyXhat: sumDyXhat! },
          view,
          epsilon,
        ),
    ),
    [kernelNames.forward]: kernel(({ x, gamma, beta }, { view, epsilon }) => {
      const forward = backend.forward?.bind(backend) ?? composedForward.bind(null, backend);
      const { y, mean, variance } = forward(x!, gamma, beta, view, epsilon);
      return [y, mean, variance];
    }),
    [kernelNames.statistics]: ({ inputs, backend: engineBackend }) => {
      const { mean, variance } = inputs as Inputs;
      return [share(mean!, engineBackend), share(variance!, engineBackend)];
    },
    [kernelNames.backward]: kernel(({ dy, x, mean, variance, gamma }, { view, epsilon }) => {
      const backward = backend.backward?.bind(backend) ?? composedBackward.bind(null, backend);
      const { dx, dGamma, dBeta } = backward(dy!, x!, mean!, variance!, gamma, view, epsilon);
      return [dx, dGamma, dBeta];
    }),
  };
}

/** The same data under a reference of its own. */
function share({ dataId, shape, dtype }: tf.TensorInfo, engineBackend: unknown): tf.TensorInfo {
  (engineBackend as tf.KernelBackend).incRef(dataId);
  return { dataId, shape, dtype };
}

function composedForward(
  backend: NormalizationBackend,
  ...[x, gamma, beta, view, epsilon]: Parameters<NonNullable<NormalizationBackend['forward']>>
): ForwardResult {
  const { mean, variance } = backend.moments(x, view);
  const y = backend.normalize(x, mean, variance, gamma, beta, view, epsilon);
  return { y, mean, variance };
}

function composedBackward(
  backend: NormalizationBackend,
  ...[dy, x, mean, variance, gamma, view, epsilon]: Parameters<NonNullable<NormalizationBackend['backward']>>
): BackwardResult {
  const sums = backend.gradientSums(dy, x, mean, variance, gamma, view, epsilon);
  const dx = backend.inputGradient(dy, x, mean, variance, gamma, sums, view, epsilon);
  free(sums.sumDy);
  free(sums.sumDyXhat);
  return { dx, dGamma: sums.dGamma, dBeta: sums.dBeta };
}

/** Frees what a kernel returned to another kernel: a tensor of tfjs's, or data that tfjs has never seen. */
function free(info: tf.TensorInfo): void {
  if (info instanceof tf.Tensor) info.dispose();
  else tf.engine().backend.disposeData(info.dataId);
}
