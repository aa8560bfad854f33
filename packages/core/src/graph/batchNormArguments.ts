/** Inputs and attributes of TensorFlow's FusedBatchNorm ops, checked. */
import type * as tf from '@tensorflow/tfjs-core';
import type { KernelAttributes } from '../dispatch/names.js';
import { OptionError, ShapeError } from '../errors.js';
import { checkEpsilon, checkInput, checkParameter } from '../options.js';
import { batchNormView, type DataFormat, elementsPerStatistic, formatShape } from '../view.js';
import { attribute, type GraphNode } from './graphNode.js';

const dataFormats: Readonly<Record<string, DataFormat>> = {
  nhwc: 'channelsLast',
  ndhwc: 'channelsLast',
  nchw: 'channelsFirst',
  ncdhw: 'channelsFirst',
};

export interface BatchNormArguments {
  readonly x: tf.Tensor;
  /** Of shape `[C]`, as all parameters. */
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
  /** Given statistics: of inference, or those that training averages with; undefined if there are none to be used. */
  readonly given: { readonly mean: tf.Tensor; readonly variance: tf.Tensor } | undefined;
  readonly isTraining: boolean;
  /** The weight of the batch in the statistics that training gives out; 1 for those of the batch alone. */
  readonly averageFactor: number;
  readonly dataFormat: DataFormat;
  readonly attributes: KernelAttributes;
}

/**
 * Inputs and attributes of a node, checked. The defaults are TensorFlow's: epsilon 1e-4, is_training true, NHWC.
 *
 * @throws ShapeError, DtypeError or OptionError that names the node and what is wrong with it.
 */
export function batchNormArguments(title: string, node: GraphNode): BatchNormArguments {
  const [x, scale, offset, mean, variance] = node.inputs as tf.Tensor[];
  checkInput(title, 'x', x!);
  const dataFormat = dataFormatOf(title, node, x!);
  const view = batchNormView(x!.shape, dataFormat, undefined, title);
  const isTraining = attribute(title, node, 'is_training', true);
  const averageFactor = attribute(title, node, 'exponential_avg_factor', 1);
  const shape = [view.channels];
  const parameter = (name: string, value: tf.Tensor | undefined) =>
    checkParameter(title, name, checkInput(title, name, value!), shape)!;

  const hasStatistics = (mean?.size ?? 0) > 0 || (variance?.size ?? 0) > 0;
  if (isTraining && elementsPerStatistic(view) < 2) {
    throw new ShapeError(
      `${title}: is_training: true needs more than one value per channel, got x of shape ${formatShape(x!.shape)}; give it a ` +
        'larger batch, or export the model for inference',
    );
  }
  if (hasStatistics && isTraining && averageFactor === 1 && node.attrs.is_training == null) {
    throw new OptionError(
      `${title}: is_training is missing, which means true in TensorFlow and leaves the given mean and variance unused; write ` +
        'is_training: false into model.json to normalize with them, or true to normalize with those of the batch',
    );
  }
  const needsStatistics = !isTraining || averageFactor !== 1;
  if (needsStatistics && !hasStatistics) {
    const use = isTraining
      ? `exponential_avg_factor: ${averageFactor} averages`
      : 'is_training: false normalizes';
    throw new ShapeError(
      `${title}: mean and variance are empty, but ${use} with them; export the model with its moving averages, or with ` +
        'is_training: true and exponential_avg_factor: 1',
    );
  }
  const given = needsStatistics
    ? { mean: parameter('mean', mean), variance: parameter('variance', variance) }
    : undefined;
  return {
    x: x!,
    scale: parameter('scale', scale),
    offset: parameter('offset', offset),
    given,
    isTraining,
    averageFactor,
    dataFormat,
    attributes: { view, epsilon: checkEpsilon(title, attribute(title, node, 'epsilon', 1e-4), !isTraining) },
  };
}

function dataFormatOf(title: string, node: GraphNode, x: tf.Tensor): DataFormat {
  const name = attribute(title, node, 'data_format', 'nhwc');
  const dataFormat = dataFormats[name.toLowerCase()];
  if (dataFormat === undefined) {
    throw new OptionError(
      `${title}: data_format must be NHWC, NCHW, NDHWC or NCDHW, got ${name.toUpperCase()}; export the model with one of them`,
    );
  }
  if (x.rank !== 4 && x.rank !== 5) {
    throw new ShapeError(`${title}: x must have rank 4 or 5, got shape ${formatShape(x.shape)}`);
  }
  return dataFormat;
}
