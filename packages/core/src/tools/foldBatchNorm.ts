/** Batch normalization at inference, folded into the convolution or dense layer before it. */
import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import type { BatchNorm } from '../layers/batchNorm.js';
import { checkChoice, checkInput, checkKeys, checkParameter } from '../options.js';
import { formatShape } from '../view.js';
import { checkBatchNorm } from './checkBatchNorm.js';

/** Options of `foldBatchNorm`. */
export interface FoldOptions {
  /**
   * Where the output channels of the filter are. 'standard': on its last axis. 'depthwise': on its last two, the input channel
   * before the multiplier. 'transposed': on the last but one, as `tf.conv2dTranspose` has them. Default: 'standard', or
   * 'depthwise' for a filter of rank 4 whose shape fits bn only so.
   */
  convolution?: 'standard' | 'depthwise' | 'transposed' | undefined;
}

type Convolution = NonNullable<FoldOptions['convolution']>;

/** Ranks of filters: dense, and convolutions over one to three spatial axes. */
const ranks: Record<Convolution, readonly number[]> = {
  standard: [2, 3, 4, 5],
  depthwise: [4],
  transposed: [4, 5],
};

/**
 * Filter and bias of one convolution or dense layer that computes what the given one computes with `bn` after it, at
 * inference: with s = gamma / sqrt(runningVariance + epsilon) per output channel, filter * s and
 * (bias - runningMean) * s + beta. Differentiable in filter, bias, gamma and beta. The results are new tensors; nothing
 * given is changed or disposed.
 *
 * Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018),
 * section 3.2.
 *
 * @param filter float32, as tfjs takes it: `[in, C]` (dense), `[k, in, C]`, `[kh, kw, in, C]`, `[kd, kh, kw, in, C]`, depthwise
 * `[kh, kw, in, multiplier]` with in * multiplier = C, or transposed `[kh, kw, C, in]`, `[kd, kh, kw, C, in]`.
 * @param bias float32 `[C]`; null or undefined if the layer has none.
 * @param bn of C features, with running statistics.
 * @returns filter of the given shape, and bias `[C]`.
 * @throws ShapeError for a filter whose rank or number of output channels does not fit, or a bias not of shape `[C]`;
 * DtypeError for a filter or bias that is no float32 tensor; OptionError if bn is no BatchNorm or keeps no running statistics, or for a
 * bad option; DisposedError if bn has been disposed.
 *
 * @example
 * ```ts
 * const bn = new BatchNorm({ numFeatures: 3 });
 * const x = tf.randomNormal([4, 2]);
 * const filter = tf.randomNormal([2, 3]);
 * const folded = foldBatchNorm(filter, null, bn);
 * const apart = bn.apply(tf.matMul(x, filter), { training: false });
 * const together = tf.matMul(x, folded.filter).add(folded.bias);
 * console.log(together.sub(apart).abs().max().dataSync()[0]! < 1e-5); // true
 * ```
 */
export function foldBatchNorm<T extends tf.Tensor>(
  filter: T,
  bias: tf.Tensor | null | undefined,
  bn: BatchNorm,
  options: FoldOptions = {},
): { filter: T; bias: tf.Tensor1D } {
  const name = 'foldBatchNorm';
  checkKeys(name, options, ['convolution']);
  const { mean, variance } = checkBatchNorm(name, 'bn', bn);
  const { numFeatures, epsilon } = bn.options;
  checkInput(name, 'filter', filter);
  const scaleShape = outputChannels(name, filter.shape, numFeatures, options.convolution);
  checkParameter(name, 'bias', bias ?? undefined, [numFeatures]);

  return tf.tidy(() => {
    const rstd = tf.rsqrt(tf.add(variance, epsilon));
    const scale = bn.gamma === undefined ? rstd : tf.mul(bn.gamma, rstd);
    const offset = bias == null ? tf.neg(mean) : tf.sub(bias, mean);
    const scaled = tf.mul(offset, scale);
    return {
      filter: tf.mul(filter, tf.reshape(scale, scaleShape)),
      bias: bn.beta === undefined ? scaled : tf.add(scaled, bn.beta),
    };
  }) as { filter: T; bias: tf.Tensor1D };
}

/** The shape that spreads one value per output channel over the filter. */
function outputChannels(
  name: string,
  shape: readonly number[],
  channels: number,
  asked: Convolution | undefined,
): number[] {
  const [beforeLast = 1, last = 1] = shape.slice(-2);
  const fitsOnlyDepthwise = shape.length === 4 && last !== channels && beforeLast * last === channels;
  const convolution = checkChoice(
    name,
    'convolution',
    asked ?? (fitsOnlyDepthwise ? 'depthwise' : 'standard'),
    ['standard', 'depthwise', 'transposed'],
  );
  if (!ranks[convolution].includes(shape.length)) {
    throw new ShapeError(
      `${name}: the filter of a ${convolution} convolution must have rank ${ranks[convolution].join(' or ')}, ` +
        `got rank ${shape.length}, shape ${formatShape(shape)}`,
    );
  }
  const trailing = { standard: [1, last], depthwise: [beforeLast, last], transposed: [beforeLast, 1] }[
    convolution
  ];
  const found = trailing[0]! * trailing[1]!;
  if (found !== channels) {
    throw new ShapeError(
      `${name}: filter must have as many output channels as bn has features, ${channels}, ` +
        `got ${found} (${convolution}), shape ${formatShape(shape)}`,
    );
  }
  return [...shape.slice(0, -2).map(() => 1), ...trailing];
}
