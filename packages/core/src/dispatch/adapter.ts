/** Adapts a backend's functions to tfjs's kernel signature, and composes the fusions that it leaves out. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackwardResult, ForwardResult, NormalizationBackend } from '../backend.js';
import { type KernelAttributes, type KernelName, kernelNames } from './names.js';

type Inputs = Record<string, tf.TensorInfo>;

/** The kernels of all names, but for the moving average. */
export function kernelFunctions(backend: NormalizationBackend): Record<KernelName, tf.KernelFunc> {
  const kernel =
    (
      compute: (inputs: Inputs, attributes: KernelAttributes) => tf.TensorInfo | tf.TensorInfo[],
    ): tf.KernelFunc =>
    ({ inputs, attrs }) =>
      compute(inputs as Inputs, attrs as unknown as KernelAttributes);
  const forward = backend.forward?.bind(backend) ?? composedForward.bind(null, backend);
  const backward = backend.backward?.bind(backend) ?? composedBackward.bind(null, backend);

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
      const { y, mean, variance } = forward(x!, gamma, beta, view, epsilon);
      return [y, mean, variance];
    }),
    [kernelNames.statistics]: ({ inputs, backend: engineBackend }) => {
      const { mean, variance } = inputs as Inputs;
      return [share(mean!, engineBackend), share(variance!, engineBackend)];
    },
    [kernelNames.backward]: kernel(({ dy, x, mean, variance, gamma }, { view, epsilon }) => {
      const { dx, dGamma, dBeta } = backward(dy!, x!, mean!, variance!, gamma, view, epsilon);
      return [dx, dGamma, dBeta];
    }),
  };
}

/** The kernel of the moving average, where the backend has one. */
export function movingAverageKernel(backend: NormalizationBackend): tf.KernelFunc | undefined {
  const movingAverage = backend.movingAverage?.bind(backend);
  if (movingAverage === undefined) return undefined;
  return ({ inputs, attrs }) => {
    const { average, value } = inputs as Inputs;
    const { keep, weight } = attrs as unknown as { keep: number; weight: number };
    return movingAverage(average!, value!, keep, weight);
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
