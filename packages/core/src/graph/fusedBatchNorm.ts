/**
 * TensorFlow's FusedBatchNorm ops:
 *
 *     y = (x - mean) / sqrt(variance + epsilon) * scale + offset
 *
 * with the given mean and variance (is_training: false) or those of the batch (true). Beside y, training gives out the batch's
 * mean and unbiased variance, or their average with the given ones by `exponential_avg_factor`, and then what TensorFlow's
 * gradient reserves: the batch's mean and biased variance, as in its CPU kernel.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runStatistics } from '../dispatch/calls.js';
import { OptionError, ShapeError } from '../errors.js';
import { runInference, runTraining } from '../functions/batchNorm.js';
import { checkInput } from '../options.js';
import { elementsPerStatistic, formatShape } from '../view.js';
import { type BatchNormArguments, batchNormArguments } from './batchNormArguments.js';
import { attribute, checkReaders, type GraphNode, titleOf } from './graphNode.js';

/** FusedBatchNorm, V2 and V3: y, batch_mean, batch_variance, reserve_space_1, 2, and for V3 a third, which holds nothing. */
export const fusedBatchNorm =
  (op: string) =>
  (node: GraphNode): tf.Tensor[] =>
    tf.tidy(() => {
      const title = titleOf(node, op);
      checkReaders(title, node, 'y');
      const checked = batchNormArguments(title, node);
      const outputs = checked.isTraining ? trained(checked) : inferred(checked);
      return [...outputs, tf.scalar(0)];
    });

/** _FusedBatchNormEx, which TensorFlow's optimizer makes of FusedBatchNormV3, an addition and an activation: activation(y + side_input). */
export const fusedBatchNormEx =
  (op: string) =>
  (node: GraphNode): tf.Tensor[] =>
    tf.tidy(() => {
      const title = titleOf(node, op);
      const activation = attribute(title, node, 'activation_mode', 'identity').toLowerCase();
      if (activation !== 'identity' && activation !== 'relu') {
        throw new OptionError(
          `${title}: activation_mode must be Identity or Relu, got ${activation}; export the model without this fusion`,
        );
      }
      const [y, ...statistics] = fusedBatchNorm(op)(node);
      const added = withSideInput(title, node, y!);
      return [activation === 'relu' ? tf.relu(added) : added, ...statistics];
    });

function withSideInput(title: string, node: GraphNode, y: tf.Tensor): tf.Tensor {
  const count = attribute(title, node, 'num_side_inputs', 0);
  if (count === 0) return y;
  if (count !== 1) throw new OptionError(`${title}: num_side_inputs must be 0 or 1, got ${count}`);
  const sideInput = checkInput(title, 'side_input', node.inputs[5]!);
  if (!tf.util.arraysEqual(sideInput.shape, y.shape)) {
    throw new ShapeError(
      `${title}: side_input must have the shape of x, ${formatShape(y.shape)}, got ${formatShape(sideInput.shape)}`,
    );
  }
  return tf.add(y, sideInput);
}

function trained({ x, scale, offset, given, averageFactor, attributes }: BatchNormArguments): tf.Tensor[] {
  const [y, ...statistics] = runTraining(x, scale, offset, attributes);
  const [mean, variance] = runStatistics(x, statistics[0], statistics[1], attributes);
  const count = elementsPerStatistic(attributes.view);
  const unbiased = tf.mul(variance, count / (count - 1));
  const averaged = (old: tf.Tensor, value: tf.Tensor) =>
    tf.add(tf.mul(old, 1 - averageFactor), tf.mul(value, averageFactor));
  return given === undefined
    ? [y, tf.clone(mean), unbiased, mean, variance]
    : [y, averaged(given.mean, mean), averaged(given.variance, unbiased), mean, variance];
}

function inferred({ x, scale, offset, given, dataFormat, attributes }: BatchNormArguments): tf.Tensor[] {
  const { mean, variance } = given!;
  // What tfjs has right stays with it, or with what has taken its place (registerFusedBatchNorm).
  const y =
    dataFormat === 'channelsLast' && x.rank === 4
      ? tf.batchNorm(
          x,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          attributes.epsilon,
        )
      : runInference(x, mean, variance, scale, offset, attributes);
  // Copies: a graph model disposes the outputs of a node on their own.
  return [y, ...[mean, variance, mean, variance].map((statistic) => tf.clone(statistic))];
}
