/**
 * The backend contract: what arithmetic a backend must supply, and nothing else. Shapes, options, gradients, running
 * statistics and layers are core's. A backend is a plain object of functions from tensors to tensors that core
 * registers with tfjs's kernel registry, so that dispatch, tape, memory scopes and moving data between backends stay
 * tfjs's own.
 *
 * In the formulas m is the number of elements per statistic, rstd = 1 / sqrt(variance + epsilon),
 * xhat = (x - mean) * rstd, gamma is 1 and beta is 0 if they are undefined. Sums over "the statistic" run over the
 * same elements that its mean was taken over; sums per channel run over all elements of a channel of the view.
 */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { NormalizationView } from './view.js';

/** Mean and biased variance, both of `statisticsShape(view)`. */
export interface Moments {
  /** sum(x) / m, or 0 if the view is not centered. */
  readonly mean: TensorInfo;
  /** sum((x - mean)^2) / m. */
  readonly variance: TensorInfo;
}

/** What the input gradient needs of the statistic, both of `statisticsShape(view)`. */
export interface StatisticSums<Sum extends TensorInfo = TensorInfo> {
  /** Sum over the statistic of gamma * dy. */
  readonly sumDy: Sum;
  /** Sum over the statistic of gamma * dy * xhat. */
  readonly sumDyXhat: Sum;
}

/** All that one pass over dy and x yields; dGamma and dBeta have shape `[channels]`. */
export interface GradientSums extends StatisticSums {
  /** Sum per channel of dy * xhat. */
  readonly dGamma: TensorInfo;
  /** Sum per channel of dy. */
  readonly dBeta: TensorInfo;
}

/** Result of the fused forward kernel. */
export interface ForwardResult extends Moments {
  /** Normalized x, of x's shape. */
  readonly y: TensorInfo;
}

/** Result of the fused backward kernel. */
export interface BackwardResult {
  /** Gradient in x, of x's shape, with mean and variance as functions of x. */
  readonly dx: TensorInfo;
  /** Gradient in gamma, `[channels]`. */
  readonly dGamma: TensorInfo;
  /** Gradient in beta, `[channels]`. */
  readonly dBeta: TensorInfo;
}

/**
 * The kernels of one tfjs backend. Inputs are float32 tensors, checked, never empty, and the caller's. A kernel may use tfjs's
 * own operations on them: tfjs does not record what runs in a kernel. It disposes what they leave beside the outputs, with
 * `tf.tidy` say. Outputs are new and belong to the caller: such tensors, or `TensorInfo`s of data that it wrote.
 */
export interface NormalizationBackend {
  /** The tfjs backend it serves: 'cpu', 'wasm', 'webgl', 'webgpu'. */
  readonly name: string;

  /** mean = sum(x) / m (0 if the view is not centered), variance = sum((x - mean)^2) / m. */
  moments(x: Tensor, view: NormalizationView): Moments;

  /** y = (x - mean) * rstd * gamma + beta. */
  normalize(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor | undefined,
    beta: Tensor | undefined,
    view: NormalizationView,
    epsilon: number,
  ): TensorInfo;

  /** The four sums of `GradientSums`. */
  gradientSums(
    dy: Tensor,
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor | undefined,
    view: NormalizationView,
    epsilon: number,
  ): GradientSums;

  /** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m); without the sumDy term where not centered. */
  inputGradient(
    dy: Tensor,
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor | undefined,
    sums: StatisticSums<Tensor>,
    view: NormalizationView,
    epsilon: number,
  ): TensorInfo;

  /** moments and normalize in one, where that reads memory less often. */
  forward?(
    x: Tensor,
    gamma: Tensor | undefined,
    beta: Tensor | undefined,
    view: NormalizationView,
    epsilon: number,
  ): ForwardResult;

  /** gradientSums and inputGradient in one, where that reads memory less often. */
  backward?(
    dy: Tensor,
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    gamma: Tensor | undefined,
    view: NormalizationView,
    epsilon: number,
  ): BackwardResult;

  /**
   * keep * average + weight * value, of tensors of one shape: how running statistics move. Where left out, core composes it
   * of tfjs's ops.
   */
  movingAverage?(average: Tensor, value: Tensor, keep: number, weight: number): TensorInfo;

  /**
   * Called by `useBackend` before it makes another tfjs backend current. A backend whose data cannot be read without waiting
   * makes them readable here, so that tensors can follow.
   */
  leave?(): Promise<void>;
}
