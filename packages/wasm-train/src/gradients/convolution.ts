/**
 * The gradients of a convolution, and their own.
 *
 * y = conv(x, w), dx = convᵀ(dy, w) and dw(x, dy) are three faces of one trilinear form <conv(x, w), dy>: the gradient
 * of each is made of the other two. Beyond tfjs's own gradient these pass dilations on, where the backend's kernels
 * take them, and the rounding mode.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { areDilated, gatherFilter, spreadFilter, spreadShape, takesDilations } from './dilations.js';
import { runKernel } from './dispatch.js';

/** One kind of convolution, of tensors of one rank, whose kernels share attributes. */
export interface ConvolutionKind<Attributes> {
  /** The names of the three kernels. */
  readonly convolution: string;
  readonly inputGradient: string;
  readonly filterGradient: string;
  /** Of the convolution, if the attributes do not say. */
  readonly dataFormat: string;
  /** What the three have in common, of attributes that also hold the shape of one of them. */
  sharedAttributes(attributes: object): Attributes;
}

export interface ConvolutionFaces<T, Attributes> {
  inputGradient(dy: T, filter: T, inputShape: readonly number[], attributes: Attributes): T;
  filterGradient(x: T, dy: T, filterShape: readonly number[], attributes: Attributes): T;
  sharedAttributes(attributes: object): Attributes;
  /** Of the three kernels. */
  readonly gradients: readonly [tf.GradConfig, tf.GradConfig, tf.GradConfig];
}

interface Dilated {
  readonly dilations?: number | readonly number[];
}

export function facesOf<T extends tf.Tensor, Attributes extends Dilated>(
  kind: ConvolutionKind<Attributes>,
): ConvolutionFaces<T, Attributes> {
  const { dataFormat, sharedAttributes } = kind;
  const undilated = (attributes: Attributes) => sharedAttributes({ ...attributes, dilations: undefined });

  const convolve = (x: T, filter: T, attributes: Attributes): T =>
    runKernel(
      kind.convolution,
      { x, filter },
      { dataFormat, ...attributes, dilations: attributes.dilations ?? 1 },
    );

  function inputGradient(dy: T, filter: T, inputShape: readonly number[], attributes: Attributes): T {
    const spread = dilationsToSpread(attributes);
    if (spread === undefined)
      return runKernel(kind.inputGradient, { dy, filter }, { ...attributes, inputShape });
    const inputs = { dy, filter: spreadFilter(filter as tf.Tensor as tf.Tensor4D, spread) };
    return runKernel(kind.inputGradient, inputs, { ...undilated(attributes), inputShape });
  }

  function filterGradient(x: T, dy: T, filterShape: readonly number[], attributes: Attributes): T {
    const spread = dilationsToSpread(attributes);
    if (spread === undefined)
      return runKernel(kind.filterGradient, { x, dy }, { ...attributes, filterShape });
    const ofSpread = { ...undilated(attributes), filterShape: spreadShape(filterShape, spread) };
    const gradient = runKernel<tf.Tensor4D>(kind.filterGradient, { x, dy }, ofSpread);
    return gatherFilter(gradient, filterShape, spread) as tf.Tensor as T;
  }

  const ofConvolution: tf.GradConfig = {
    kernelName: kind.convolution,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter] = saved as [T, T];
      const attributes = sharedAttributes(attrs);
      return {
        x: () => inputGradient(dy as T, filter, x.shape, attributes),
        filter: () => filterGradient(x, dy as T, filter.shape, attributes),
      };
    },
  };

  const ofInputGradient: tf.GradConfig = {
    kernelName: kind.inputGradient,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, saved, attrs) => {
      const [dy, filter] = saved as [T, T];
      const attributes = sharedAttributes(attrs);
      return {
        dy: () => convolve(ddx as T, filter, attributes),
        filter: () => filterGradient(ddx as T, dy, filter.shape, attributes),
      };
    },
  };

  const ofFilterGradient: tf.GradConfig = {
    kernelName: kind.filterGradient,
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddw, saved, attrs) => {
      const [x, dy] = saved as [T, T];
      const attributes = sharedAttributes(attrs);
      return {
        x: () => inputGradient(dy, ddw as T, x.shape, attributes),
        dy: () => convolve(x, ddw as T, attributes),
      };
    },
  };

  const gradients = [ofConvolution, ofInputGradient, ofFilterGradient] as const;
  return { inputGradient, filterGradient, sharedAttributes, gradients };
}

/** Dilations that the kernels of the backend in use do not take: the filter is spread by them. */
function dilationsToSpread({ dilations }: Dilated): number | readonly number[] | undefined {
  return areDilated(dilations) && !takesDilations() ? dilations : undefined;
}
