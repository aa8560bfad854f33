/**
 * The gradients of tf.fused.conv2d (what tf.layers.conv2d trains with) and tf.fused.depthwiseConv2d on wasm.
 *
 * tfjs gives these operations to `engine.customGrad`, with gradients that refuse dilations and images of rank 3, and drop the
 * rounding mode. No registered gradient takes their place. So `customGrad` itself is wrapped: where its value is the result of a
 * fused kernel of this package, the gradient is the one here; everything else is left alone.
 */
import * as tf from '@tensorflow/tfjs-core';
import { convolutionOf, type FusedConvolution } from '../fusedResults.js';
import { conv2DFaces } from './Conv2D.js';
import type { ConvolutionFaces } from './convolution.js';
import { depthwiseConv2dFaces } from './DepthwiseConv2dNative.js';

type Engine = ReturnType<typeof tf.engine>;
type Gradient<T> = (dy: T, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
type Save = (tensors: tf.Tensor[]) => void;
type Forward<T> = (...args: (tf.Tensor | Save)[]) => {
  value: T;
  gradFunc: Gradient<T>;
};

/** What was in place before ours. */
let original: Engine['customGrad'] | undefined;

function withFusedConvolutions<T extends tf.Tensor>(
  this: Engine,
  forward: Forward<T>,
): (...args: (tf.Tensor | Save)[]) => T {
  const chosen: Forward<T> = (...args) => {
    const { value, gradFunc } = forward(...args);
    const convolution = convolutionOf(value);
    const isOurs = convolution !== undefined && convolution.attributes.activation === 'linear';
    return { value, gradFunc: isOurs ? gradientOf(convolution) : gradFunc };
  };
  return Reflect.apply(original!, this, [chosen]);
}

const gradientOf = ({ kernelName, attributes }: FusedConvolution): Gradient<tf.Tensor> =>
  kernelName === tf.FusedConv2D
    ? gradientBy(conv2DFaces, attributes)
    : gradientBy(depthwiseConv2dFaces, attributes);

/** dx, the gradient of the filter, and that of the bias if there is one. */
function gradientBy<Attributes>(
  faces: ConvolutionFaces<tf.Tensor4D, Attributes>,
  attributes: FusedConvolution['attributes'],
): Gradient<tf.Tensor> {
  return (dy, saved) => {
    const [filter, x, y, bias] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor?];
    const upstream: tf.Tensor4D = tf.reshape(dy, y.shape);
    const shared = faces.sharedAttributes(attributes);
    const gradients: tf.Tensor[] = [
      faces.inputGradient(upstream, filter, x.shape, shared),
      faces.filterGradient(x, upstream, filter.shape, shared),
    ];
    return bias === undefined ? gradients : [...gradients, sumTo(upstream, bias.shape)];
  };
}

/** The sum over all axes along which a tensor of this shape was broadcast. */
function sumTo(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
}

export function registerFusedGradients(): void {
  const engine = tf.engine();
  if (engine.customGrad === withFusedConvolutions) return;
  original = engine.customGrad;
  engine.customGrad = withFusedConvolutions;
}

/** Takes the wrapper off again. Where another package has wrapped it in its turn, it stays, and finds no results of ours. */
export function unregisterFusedGradients(): void {
  const engine = tf.engine();
  if (engine.customGrad === withFusedConvolutions) engine.customGrad = original!;
}
