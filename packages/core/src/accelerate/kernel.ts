/** FusedBatchNorm by the kernel `normalize`. */
import * as tf from '@tensorflow/tfjs-core';
import { type KernelAttributes, kernelNames, kernelVariant } from '../dispatch/names.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../view.js';
import { planOf } from './plan.js';

type Maybe = tf.TensorInfo | undefined;

/**
 * y = (x - mean) / sqrt(variance + varianceEpsilon) * scale + offset. Calls that the normalization kernels do not express go to
 * tfjs's own kernel, and so does an x of fewer than `fewestElements`.
 */
export function acceleratedKernel(original: tf.KernelConfig, fewestElements: number): tf.KernelFunc {
  return (args) => {
    const { x, mean, variance, scale, offset } = args.inputs as {
      x: tf.TensorInfo;
      mean: tf.TensorInfo;
    } & Record<string, Maybe>;
    refuseOtherChannels(x, mean);
    const plan = planOf(x, [mean, variance, scale, offset]);
    const normalize = tf.getKernel(kernelVariant(kernelNames.normalize, scale != null), original.backendName);
    if (plan === undefined || normalize === undefined) return original.kernelFunc(args);
    const { view, shape } = plan;
    // Channels first are not a matter of speed: tfjs's cpu and wasm kernels take [1, C, 1, 1] for channels last.
    if (view.inner === 1 && tf.util.sizeFromShape(shape) < fewestElements) return original.kernelFunc(args);

    const attributes: KernelAttributes = { view, epsilon: args.attrs!.varianceEpsilon as number };
    const run = (input: tf.TensorInfo, perChannel: (parameter: Maybe) => Maybe) =>
      normalize.kernelFunc({
        backend: args.backend,
        inputs: {
          x: input,
          mean: perChannel(mean),
          variance: perChannel(variance),
          gamma: perChannel(scale),
          beta: perChannel(offset),
        },
        attrs: attributes as unknown as tf.NamedAttrMap,
      }) as tf.TensorInfo;
    if (mean.shape.length === 1) return run(x, (parameter) => parameter);
    const perChannel = (parameter: Maybe) => parameter && withShape(parameter, [view.channels]);
    const y = tf.tidy(() => withShape(run(withShape(x, shape), perChannel), x.shape) as tf.Tensor);
    return y as tf.TensorInfo;
  };
}

/**
 * tfjs-converter drops the `data_format` of a graph model's batch normalization. One of channels first shows if x has another size
 * in its last axis than there are statistics; some of tfjs's kernels compute something all the same.
 *
 * @throws ShapeError if the statistics are not those of x's last axis.
 */
function refuseOtherChannels({ shape }: tf.TensorInfo, mean: tf.TensorInfo): void {
  const [channels] = mean.shape;
  if (mean.shape.length !== 1 || channels === 1 || channels === shape.at(-1) || shape.includes(0)) return;
  throw new ShapeError(
    `tf.batchNorm: mean has ${channels} values, but the last axis of x of shape ${formatShape(shape)} has ${shape.at(-1)}. For a ` +
      "graph model with data_format: NCHW, import { registerGraphOps } from '@bn/core/graph' and call registerGraphOps(tf) before " +
      'it is loaded; else give mean the shape [1, C, 1, 1]',
  );
}

/** The same data in another shape: of a tensor, or of what tfjs has never seen as one. For use in tidy. */
const withShape = (info: tf.TensorInfo, shape: number[]): tf.TensorInfo =>
  info instanceof tf.Tensor ? tf.reshape(info, shape) : { ...info, shape };
