/** Adapts a backend's functions to tfjs's kernel signature, and composes the fusions that it leaves out. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackwardResult, ForwardResult, NormalizationBackend } from '../backend.js';
import { type KernelAttributes, type KernelName, kernelNames } from './names.js';

/** tfjs types a kernel's inputs as `TensorInfo`s, and gives it tensors. */
type Inputs = Record<string, tf.Tensor>;

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

function composedForward(
  backend: NormalizationBackend,
  ...[x, gamma, beta, view, epsilon]: Parameters<NonNullable<NormalizationBackend['forward']>>
): ForwardResult {
  const moments = backend.moments(x, view);
  const [mean, variance] = [asTensor(moments.mean), asTensor(moments.variance)];
  const y = backend.normalize(x, mean, variance, gamma, beta, view, epsilon);
  return { y, mean, variance };
}

function composedBackward(
  backend: NormalizationBackend,
  ...[dy, x, mean, variance, gamma, view, epsilon]: Parameters<NonNullable<NormalizationBackend['backward']>>
): BackwardResult {
  const { dGamma, dBeta, ...rest } = backend.gradientSums(dy, x, mean, variance, gamma, view, epsilon);
  const sums = { sumDy: asTensor(rest.sumDy), sumDyXhat: asTensor(rest.sumDyXhat) };
  const dx = backend.inputGradient(dy, x, mean, variance, gamma, sums, view, epsilon);
  tf.dispose([sums.sumDy, sums.sumDyXhat]);
  return { dx, dGamma, dBeta };
}

/** An output of one kernel as the input of another. */
const asTensor = (info: tf.TensorInfo): tf.Tensor =>
  info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
