/**
 * The gradients of tf.fused.conv2d (what tf.layers.conv2d trains with) and tf.fused.depthwiseConv2d,
 * on every backend.
 *
 * tfjs gives these operations to `engine.customGrad`, with gradients that refuse dilations and images of rank 3, and drop the
 * rounding mode. No registered gradient takes their place. So `customGrad` itself is wrapped: where its value is what a
 * fused kernel gave in the meantime, the gradient is the one here; everything else is left alone.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { FusedConvolutionAttributes } from '../fusedConvolution.js';
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

interface FusedConvolution {
  readonly kernelName: string;
  readonly attributes: FusedConvolutionAttributes;
  readonly dataId: object;
}

/** What was in place before ours. */
let original: Engine['customGrad'] | undefined;

function withFusedConvolutions<T extends tf.Tensor>(
  this: Engine,
  forward: Forward<T>,
): (...args: (tf.Tensor | Save)[]) => T {
  const chosen: Forward<T> = (...args) => {
    const [{ value, gradFunc }, convolution] = observed(this, () => forward(...args));
    // A reshape or a clone shares the data of the result.
    const isOurs = convolution !== undefined && convolution.dataId === value.dataId && isServed(convolution);
    return { value, gradFunc: isOurs ? gradientOf(convolution) : gradFunc };
  };
  return Reflect.apply(original!, this, [chosen]);
}

/** Runs `compute`, and tells which fused convolution ran last in it: their gradients need attributes that tfjs does not hand on. */
function observed<R>(engine: Engine, compute: () => R): [R, FusedConvolution | undefined] {
  const { runKernel } = engine;
  let seen: FusedConvolution | undefined;
  engine.runKernel = (kernelName, inputs, attrs) => {
    const result = Reflect.apply(runKernel, engine, [kernelName, inputs, attrs]);
    if (kernelName === tf.FusedConv2D || kernelName === tf.FusedDepthwiseConv2D) {
      const attributes = attrs as unknown as FusedConvolutionAttributes;
      seen = { kernelName, attributes, dataId: (result as tf.Tensor).dataId };
    }
    return result as never;
  };
  try {
    return [compute(), seen];
  } finally {
    engine.runKernel = runKernel;
  }
}

/** Channels first, which webgl and cpu have, and fused activations, which no training has, are left to tfjs. */
const isServed = ({ attributes }: FusedConvolution): boolean =>
  attributes.activation === 'linear' && attributes.dataFormat !== 'NCHW';

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
